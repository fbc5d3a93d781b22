// node build.mjs: host.jsx and Splunk's dashboard packages → build/browser/host.{js,css}. package.json must have no "type": "module" [dashboards 1].
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here('host.jsx')],
  outdir: here('../../../build/browser'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'chrome120',
  jsx: 'transform',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}', global: 'window' },
  loader: { '.svg': 'dataurl', '.png': 'dataurl', '.gif': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl' },
  logLevel: 'error',
});
