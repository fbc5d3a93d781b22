// The part of Splunk Web's dashboard page around Splunk's published packages. window.__show({definition, theme, tokens}) draws a view in
// place of the one before; window.__check(definition) is what Splunk's own schema says of it, and what that schema lets pass [dashboards 2].
import React from 'react';
import { createRoot } from 'react-dom/client';
import { SplunkThemeProvider } from '@splunk/themes';
import { DashboardContextProvider, GeoJsonProvider, GeoRegistry } from '@splunk/dashboard-context';
import { DashboardCore } from '@splunk/dashboard-core';
import { createSchemaBasedOnPresets } from '@splunk/dashboard-definition';
import preset from '@splunk/dashboard-presets/EnterpriseViewOnlyPreset';
import { DashboardValidator } from '@splunk/dashboard-validation';

let root;

// The schema knows the layout as Splunk stores it since tabs are there; the flat one of 9.4 is turned into that on loading.
function withTabs({ layout: { globalInputs, ...flat }, ...rest }) {
  const layout = { globalInputs, tabs: { items: [{ layoutId: 'only', label: 'only' }] }, layoutDefinitions: { only: flat } };
  return { ...rest, layout };
}

const entries = (part, all) => Object.entries(all ?? {}).map(([id, item]) => [`/${part}/${id}`, item]);

function unknownOptions(part, all) {
  return entries(part, all).flatMap(([path, { type, options = {} }]) => {
    const known = preset[part][type]?.config?.optionsSchema ?? preset[part][type]?.schema;
    if (!known) return [`${path}: no such type: ${type}`];
    return Object.keys(options).filter((name) => !(name in known) && name !== 'extend').map((name) => `${path}/options/${name}: unknown`);
  });
}

window.__check = (checked) => {
  const validator = new DashboardValidator();
  validator.setSchema(createSchemaBasedOnPresets(preset, { allowTokenCoercion: true }));
  const invalid = (validator.validate(withTabs(checked)) ?? []).map((each) => `${each.instancePath || '/'}: ${each.message} ${JSON.stringify(each.params ?? {})}`);
  const handlers = entries('visualizations', checked.visualizations).flatMap(([path, { eventHandlers = [] }]) =>
    eventHandlers.filter(({ type }) => !(type in preset.eventHandlers)).map(({ type }) => `${path}: no such event handler: ${type}`));
  return [...invalid, ...handlers, ...unknownOptions('visualizations', checked.visualizations), ...unknownOptions('dataSources', checked.dataSources)];
};

// A map that asks nobody for tiles: the outlines of the countries, which the packages have.
const outlines = new GeoJsonProvider();
const geo = GeoRegistry.create();
geo.addDefaultProvider(outlines);
const world = await outlines.getById({ mapId: 'world' });
const tiles = (name, sea, land, border) => ({
  name, key: name, theme: name,
  sources: { world: { type: 'geojson', data: world } },
  layers: [
    { id: 'sea', type: 'background', paint: { 'background-color': sea } },
    { id: 'land', type: 'fill', source: 'world', paint: { 'fill-color': land, 'fill-outline-color': border } },
  ],
});
const mapTiles = { defaultTileConfig: [tiles('dark', '#0d1014', '#30363d', '#586069'), tiles('light', '#e1e7ec', '#ffffff', '#98a2ac')] };

window.__show = ({ definition, theme, tokens }) => {
  root?.unmount();
  window.history.replaceState(null, '', '/');
  window.__invalid = [];
  document.body.style.background = theme === 'dark' ? '#111215' : '#fff';
  root = createRoot(document.getElementById('root'));
  root.render(
    <SplunkThemeProvider family="enterprise" colorScheme={theme} density="comfortable">
      <DashboardContextProvider preset={preset} initialDefinition={definition} initialMode="view" initialTokenBinding={{ default: tokens }} geoRegistry={geo} mapTileConfig={mapTiles}>
        <DashboardCore width="100%" height="auto" onValidationError={(error) => window.__invalid.push(String(error))} />
      </DashboardContextProvider>
    </SplunkThemeProvider>,
  );
};
