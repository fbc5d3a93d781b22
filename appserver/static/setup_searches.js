// Set-up, section 5: learn what is usual, and have yourself told. Registers itself with setup.js.
//
// In: the app's saved searches, as splunkd has them. Out: one run of the search that learns the last 30 days, with the rights of who is signed in;
// searches enabled or disabled. What they do is theirs (default/savedsearches.conf); nothing is changed but `disabled`.
(window.maliciouscallerSetup = window.maliciouscallerSetup || []).push(function (tools) {
  'use strict';

  var PREFIX = 'Malicious caller - ';
  var LEARN = PREFIX + 'Baseline - 1 Learn the last 30 days';
  var BY_HAND = /^(Baseline - 1|Report - )/;
  var element = tools.element;

  function isOff(keys) { return /^(1|true)$/i.test(String(keys.disabled)); }

  // A search that is disabled cannot be dispatched by its name, so its text is run, with its times.
  function learn(keys) {
    tools.tell('Splunk learns from the last 30 days. You may leave this page: the dashboard Getting started says when it is done ...');
    return tools.search('search ' + keys.search, [keys['dispatch.earliest_time'], keys['dispatch.latest_time']]).then(function (rows) {
      tools.tell(rows.length ? 'Learned: the baseline has ' + rows.length + ' entries. Now enable the two searches that keep it up.' : 'Nothing was learned: no event of the last 30 days was found. See where CloudTrail is, above.', !rows.length);
    }).catch(function (error) { tools.tell(error.message, true); });
  }

  function row(entry) {
    var keys = entry.content;
    var name = entry.name.slice(PREFIX.length);
    var on = !isOff(keys);
    return element('tr', {}, [
      element('td', {}, element('input', { type: 'checkbox', checked: on, disabled: !tools.may().all, 'aria-label': 'enable ' + name, onclick: function () {
        tools.change('Asking Splunk ...', name + (on ? ' is off.' : ' is on.'), function () {
          return tools.call('POST', 'saved/searches/' + encodeURIComponent(entry.name), { disabled: on ? '1' : '0' });
        });
      } })),
      element('td', {}, element('b', {}, name)),
      element('td', {}, (keys.description || '').split(/[.:] /)[0]),
      element('td', {}, keys.cron_schedule || ''),
    ]);
  }

  return {
    order: 5,
    load: function () { return tools.call('GET', 'saved/searches').catch(function () { return { entry: [] }; }); },
    draw: function (found) {
      var ours = found.entry.filter(function (entry) { return entry.name.indexOf(PREFIX) === 0; });
      var first = ours.filter(function (entry) { return entry.name === LEARN; })[0];
      var scheduled = ours.filter(function (entry) { return !BY_HAND.test(entry.name.slice(PREFIX.length)); });
      var heads = ['on', 'search', 'what it does', 'when'].map(function (text) { return element('th', { scope: 'col' }, text); });
      return [
        element('h2', {}, '5. Learn what is usual, and have yourself told'),
        element('p', {}, 'Learn once from the last 30 days, then switch on the searches that keep it up, and the alerts that you want. Whom an alert tells is set under Alerts.'),
        element('button', { type: 'button', disabled: !first, onclick: function () { learn(first.content); } }, 'Learn the last 30 days now'),
        element('table', {}, [element('thead', {}, element('tr', {}, heads)), element('tbody', {}, scheduled.map(row))]),
      ];
    },
  };
});
