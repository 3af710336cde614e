import { nullTranslator } from '@jupyterlab/translation';
import { config, sageMakerConnection, version } from '../../testing';
import type { IActor, IRelay } from '../../tokens';
import {
  actorName,
  guessRole,
  isMine,
  personaOf,
  readPersona,
  roleNameOf,
  samePerson
} from '../persona';
import { DEFAULTS, parseSettings, setApprovalSettings } from '../settings';

const trans = nullTranslator.load('test');
const { environment } = config();
const arnOf = (role: string, session = 'SageMaker'): string =>
  `arn:aws:sts::111122223333:assumed-role/${role}/${session}`;
const actor = (members: Partial<IActor>): IActor => ({
  userProfileName: null,
  sourceIdentity: null,
  arn: null,
  ...members
});

afterEach(() => setApprovalSettings(DEFAULTS));

describe('roleNameOf', () => {
  it.each([
    [arnOf('Approver'), 'Approver'],
    ['arn:aws-us-gov:sts::111122223333:assumed-role/R/s', 'R'],
    ['arn:aws:iam::111122223333:role/service-role/R', 'R'],
    ['arn:aws:iam::111122223333:user/x', null],
    ['arn:aws:iam::111122223333:root', null],
    ['nonsense', null],
    [null, null]
  ])('%s', (arn, name) => expect(roleNameOf(arn)).toBe(name));
});

describe('guessRole', () => {
  it.each([
    ['SageMakerGovernanceApprover', 'approver'],
    ['model-validator', 'approver'],
    ['SageMakerGovernanceReader', 'reader'],
    ['SageMakerGovernanceDataScientist', 'data-scientist'],
    [null, 'unknown']
  ])('%s', (name, role) => expect(guessRole(name)).toBe(role));

  it('follows settings, and keeps the default for a broken pattern', () => {
    const parsed = parseSettings({ approverRoles: '^mrm-', readerRoles: '(' });
    expect(parsed.problems).toEqual(['readerRoles']);
    setApprovalSettings(parsed.settings);
    expect(guessRole('MRM-officer')).toBe('approver');
    expect(guessRole('an-approver')).toBe('data-scientist');
    expect(guessRole('a-reader')).toBe('reader');
  });
});

describe('personaOf', () => {
  it('guesses from the role of the space, not from an assumed one', () => {
    const me = personaOf({
      environment,
      callerArn: arnOf('SageMakerGovernanceRegistry', 'apr-007'),
      ownArn: arnOf('SageMakerGovernanceApprover'),
      trans
    });
    expect(me.role).toBe('approver');
    expect(me.roleName).toBe('SageMakerGovernanceRegistry');
    expect(me.canDecide).toEqual({ ok: true, reason: null });
  });

  it('decides nothing in a shared space, and says why', () => {
    const me = personaOf({
      environment: { ...environment, kind: 'studio-shared' },
      callerArn: arnOf('SageMakerGovernanceApprover'),
      trans
    });
    expect(me.shared).toBe(true);
    expect(me.userProfileName).toBeNull();
    expect(me.canDecide.ok).toBe(false);
    expect(me.canDecide.reason).toMatch(/shared space/);
  });
});

describe('readPersona', () => {
  it('asks STS for the connection and for the space', async () => {
    const asked: string[] = [];
    const relay = {
      config: async () =>
        config({
          connections: [
            sageMakerConnection(),
            sageMakerConnection({ id: 'claims', own: false, role: 'Registry' })
          ]
        })
    } as IRelay;
    const me = await readPersona(
      relay,
      {
        callerIdentity: async id => {
          asked.push(id);
          return {
            account: '1',
            arn: arnOf(id === 'own' ? 'TheApprover' : 'Registry')
          };
        }
      },
      'claims',
      trans
    );
    expect(asked.sort()).toEqual(['claims', 'own']);
    expect([me.role, me.roleName]).toEqual(['approver', 'Registry']);
  });

  it('knows less when STS refuses, and does not fail', async () => {
    const relay = { config: async () => config() } as IRelay;
    const me = await readPersona(
      relay,
      { callerIdentity: () => Promise.reject(new Error('denied')) },
      'own',
      trans
    );
    expect(me).toMatchObject({
      callerArn: null,
      role: 'unknown',
      userProfileName: 'ds-042'
    });
  });
});

describe('samePerson', () => {
  const me = personaOf({ environment, callerArn: arnOf('DS'), trans });
  it.each([
    ['nobody recorded', null, 'unknown'],
    ['same profile', actor({ userProfileName: 'ds-042' }), 'same'],
    ['other profile', actor({ userProfileName: 'ds-107' }), 'different'],
    ['same source identity', actor({ sourceIdentity: 'ds-042' }), 'same'],
    ['other source identity', actor({ sourceIdentity: 'x' }), 'different'],
    ['same role and session', actor({ arn: arnOf('DS') }), 'unknown'],
    ['same role, other session', actor({ arn: arnOf('DS', 'b') }), 'unknown'],
    ['other role', actor({ arn: arnOf('Pipelines') }), 'different'],
    ['nothing in it', actor({}), 'unknown']
  ])('%s', (_, who, expected) => expect(samePerson(who, me)).toBe(expected));

  it('trusts a session that is named after the profile', () => {
    const arn = arnOf('Registry', 'ds-042');
    const named = personaOf({ environment, callerArn: arn, trans });
    expect(samePerson(actor({ arn }), named)).toBe('same');
    expect(isMine(version({ createdBy: actor({ arn }) }), named)).toBe(true);
  });
});

describe('actorName', () => {
  it('takes the most personal name there is', () => {
    const arn = arnOf('Pipelines');
    expect(actorName(actor({ userProfileName: 'a', arn }))).toBe('a');
    expect(actorName(actor({ sourceIdentity: 'b', arn }))).toBe('b');
    expect(actorName(actor({ arn }))).toBe('Pipelines');
    expect(actorName(null)).toBeNull();
  });
});

describe('name in the governance console', () => {
  const nameOf = (
    consoleUser: string,
    members: Partial<typeof environment> = {}
  ) => {
    setApprovalSettings(parseSettings({ consoleUser }).settings);
    return personaOf({
      environment: { ...environment, ...members },
      callerArn: null,
      trans
    }).consoleUser;
  };

  it.each([
    ['', null],
    ['d.silva', 'd.silva'],
    [' d.silva ', 'd.silva'],
    ['{profile}', 'ds-042'],
    ['{profile}@bank.example', 'ds-042@bank.example']
  ])('“%s” is %s', (setting, name) => expect(nameOf(setting)).toBe(name));

  it('is nobody without a profile, and in a shared space', () => {
    expect(nameOf('{profile}', { userProfileName: null })).toBeNull();
    expect(nameOf('d.silva', { kind: 'studio-shared' })).toBeNull();
  });
});
