import { type Answer, fakeRelay, mlflowConnection } from '../../testing';
import type { IMLflowServer } from '../servers';

/** A tracking server of SageMaker that was found and runs. */
export function server(members: Partial<IMLflowServer> = {}): IMLflowServer {
  return {
    ...mlflowConnection({
      id: 'team',
      label: 'Team',
      server: 'tracking-server',
      routes: 'api',
      assets: 'installed',
      arn: 'arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/team',
      name: 'team',
      region: 'eu-west-1',
      account: '111122223333',
      registry: 'own',
      link: true,
      discovered: true
    }),
    status: 'Created',
    state: 'running',
    version: '3.0.0',
    startable: false,
    shown: { version: '3.0.0', skew: 'none' },
    ...members
  };
}

/** The same, stopped. */
export function stopped(members: Partial<IMLflowServer> = {}): IMLflowServer {
  return server({
    status: 'Stopped',
    state: 'stopped',
    startable: true,
    ...members
  });
}

/**
 * A relay that lists what the first of `looks` says, then the next, and the last
 * from then on; an error is thrown.
 */
export function listing(
  looks: (IMLflowServer[] | Error)[],
  table: Record<string, Answer> = {}
): ReturnType<typeof fakeRelay> {
  let at = 0;
  return fakeRelay({
    'mlflow-servers': () => {
      const look = looks[Math.min(at++, looks.length - 1)];
      return look instanceof Error ? look : { servers: look, notes: [] };
    },
    ...table
  });
}

/** Wait until something holds; real time, real promises. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (holds()) {
      return;
    }
    await new Promise(done => setTimeout(done, 5));
  }
  throw new Error('It never came to hold.');
}
