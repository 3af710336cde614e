import * as fs from 'fs';
import * as path from 'path';

import { openPagesConnection } from '../../../testing';
import {
  asText,
  AUTH_TYPES,
  changes,
  configuration,
  linkProblem,
  members,
  SECRET_SOURCES
} from '../block';
import type { IDecisions } from '../block';
import { unconfigured } from './schemas';

const decisions: IDecisions = {
  types: {
    useCase: 'Register',
    entity: 'SOXBusEntity',
    modelGroup: 'AWSModelGroup',
    model: 'Model'
  },
  fields: {
    status: 'MRG-AIFacts-ModelUseCase:Status',
    riskLevel: null,
    owner: 'MRG-ModelUseCase:Owner',
    groupArn: 'AWS-ModelGroup:SageMaker ARN'
  },
  entities: { own: '11001', claims: '11002' },
  taskViewUrl:
    'https://console.example/opgrc/app/jspview/react/grc/task-view/{id}'
};

/** Read by the tests of the server's parser as well. */
const FIXTURE = path.join(__dirname, 'blocks.json');

describe('the block', () => {
  it('is what the server’s parser is tested with', () => {
    const connection = { id: 'wxgov', label: 'watsonx.governance' };
    const files = AUTH_TYPES.flatMap(auth =>
      SECRET_SOURCES.map(secret =>
        configuration({ connection, auth, secret, decisions })
      )
    );
    const start = configuration({
      connection,
      auth: 'mcsp',
      secret: 'env',
      decisions: null
    });
    const fixture: unknown = JSON.parse(fs.readFileSync(FIXTURE, 'utf-8'));
    const whole = configuration({
      connection: openPagesConnection({
        linking: { tag: true, card: false },
        workflows: false
      }),
      auth: 'basic',
      secret: 'env',
      decisions
    });
    expect({ members: members(decisions), files, start, whole }).toEqual(
      fixture
    );
  });

  it('writes null for what is not used, or the server’s default would hold', () => {
    expect(asText(members(decisions))).toContain('"riskLevel": null');
  });

  it('holds references for secrets only', () => {
    for (const auth of AUTH_TYPES) {
      for (const secret of SECRET_SOURCES) {
        const text = asText(
          configuration({
            connection: openPagesConnection(),
            auth,
            secret,
            decisions
          })
        );
        expect(text).not.toMatch(/"(password|apikey|token)": "/);
        expect(text).toMatch(/"(password|apikey)": \{/);
      }
    }
  });
});

describe('the differences', () => {
  it('names what is new, changed, removed and unchanged', () => {
    const present = {
      ...unconfigured(),
      entities: { own: '999', markets: '1' }
    };
    const state = new Map(
      changes(present, decisions).map(change => [change.member, change])
    );
    expect(state.get('types.useCase')?.state).toBe('unchanged');
    expect(state.get('types.modelGroup')).toMatchObject({
      state: 'new',
      before: null,
      after: 'AWSModelGroup'
    });
    expect(state.get('fields.riskLevel')?.state).toBe('removed');
    expect(state.get('entities.own')).toMatchObject({
      state: 'changed',
      before: '999',
      after: '11001'
    });
    expect(state.get('entities.claims')?.state).toBe('new');
    expect(state.get('entities.markets')?.state).toBe('removed');
    expect(state.get('task_view_url')?.state).toBe('new');
  });
});

describe('the address of a task view', () => {
  it.each([
    ['https://host/task/{id}', null],
    ['http://127.0.0.1:8080/task/{id}', null],
    ['https://host/task', 'placeholder'],
    ['https://host/{id}/{id}', 'placeholder'],
    ['http://host/{id}', 'insecure'],
    ['javascript:{id}', 'address'],
    ['{id}', 'address'],
    ['https://user:secret@host/{id}', 'address']
  ])('%s: %s', (address, problem) => {
    expect(linkProblem(address)).toBe(problem);
  });
});
