/**
 * A stand-in MLflow that attacks the lab: what a stolen server, or a script in
 * an artifact, could try from within the frame.
 *
 *   node ui-tests/hostile/server.mjs     prints its port, then serves
 *
 * `/` is a page that passes for MLflow's; its script waits for the name of an
 * attack in the route (`#/attack/<name>`), tries it, and shows what came of it
 * in `#root` as JSON, so that the test reads it from outside.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const attacks = readFileSync(new URL('./attacks.js', import.meta.url));
/** Requests that came in, newest last; the test asks at `/seen`. */
const seen = [];

const page = `<!doctype html><html><head><title>MLflow</title>
<meta http-equiv="refresh" content="0;url=/evil-refresh">
<base href="https://evil.invalid/">
<script>window.inlineRan = true</script>
<script defer src="static-files/static/js/main.0123abcd.js"></script>
<link rel="stylesheet" href="static-files/static/css/main.0123abcd.css">
</head><body onload="window.onloadRan = true">
<img src="x" onerror="window.onerrorRan = true">
<div id="root"></div></body></html>`;

/** @type {Record<string, [string, string | Buffer]>} */
const routes = {
  '/': ['text/html', page],
  '/static-files/static/js/main.0123abcd.js': ['text/javascript', attacks],
  '/static-files/static/css/main.0123abcd.css': [
    'text/css',
    '@import url(http://evil.invalid/a.css); body { background: url(/api/contents) }'
  ],
  '/login/': ['text/html', '<title>Sign in</title><form></form>'],
  '/version': ['text/plain', '3.99.0'],
  '/ajax-api/2.0/mlflow/ping': ['application/json', '{"pong": true}'],
  '/get-artifact': [
    'text/html',
    '<script>parent.postMessage("artifact ran as " + location.origin, "*")</script>'
  ]
};

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  seen.push({ url: request.url, headers: request.headers });
  if (pathname === '/endless') {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.write(`<h1>Sign in</h1>${' '.repeat(4096)}`);
    return;
  }
  if (pathname === '/seen') {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(seen));
  } else if (pathname === '/redirect') {
    response.writeHead(302, { Location: '/jupyterlab/default/api/contents' });
    response.end();
  } else if (routes[pathname]) {
    const [type, body] = routes[pathname];
    response.writeHead(200, {
      'Content-Type': type,
      'Set-Cookie': '_xsrf=stolen; Path=/',
      'Access-Control-Allow-Origin': '*',
      'Content-Security-Policy': ''
    });
    response.end(body);
  } else {
    response.writeHead(404, { 'Content-Type': 'text/plain' });
    response.end('no such page');
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
