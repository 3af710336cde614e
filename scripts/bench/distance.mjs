/** A server that is far away: the same bytes, later. */
import { connect, createServer } from 'node:net';
import { performance } from 'node:perf_hooks';

/** Hand on what arrives, each piece `delay` ms later and never before `from`. */
function pipeLate(source, target, delay, from) {
  const late = action => {
    const wait = Math.max(from, performance.now()) + delay - performance.now();
    setTimeout(action, Math.max(0, wait));
  };
  source.on('data', piece => late(() => target.write(piece)));
  source.on('end', () => late(() => target.end()));
  source.on('error', () => target.destroy());
  source.on('close', () => late(() => target.destroy()));
}

/**
 * Use a server as if it were `rtt` ms away: half of it each way, and one more
 * round trip for each new connection, as TCP needs.
 *
 * @param {string} url of the server
 * @param {number} rtt ms; 0: the server itself
 * @param {(url: string) => Promise<T>} use
 * @returns {Promise<T>}
 * @template T
 */
export async function from(url, rtt, use) {
  if (rtt === 0) {
    return use(url);
  }
  const { hostname, port } = new URL(url);
  const sockets = new Set();
  const server = createServer({ noDelay: true }, near => {
    const far = connect({ host: hostname, port: Number(port), noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    const ready = performance.now() + rtt;
    pipeLate(near, far, rtt / 2, ready);
    pipeLate(far, near, rtt / 2, ready);
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  try {
    const away = new URL(url);
    away.port = String(server.address().port);
    return await use(away.href.replace(/\/$/, ''));
  } finally {
    sockets.forEach(socket => socket.destroy());
    server.close();
  }
}
