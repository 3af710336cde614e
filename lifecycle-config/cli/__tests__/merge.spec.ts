import fc from 'fast-check';
import type { Json, JsonObject } from '../json';
import { canonical, differences, isObject, member } from '../json';
import type { IDomain, IStep } from '../merge';
import {
  BUILT_IN,
  LAB,
  NONE,
  builtIn,
  comparable,
  describe as changes,
  insist,
  planAttach,
  planDetach,
  slotName,
  slots
} from '../merge';

const script = (name: string) =>
  `arn:aws:sagemaker:eu-west-1:111122223333:studio-lifecycle-config/${name}`;
const OURS = script('sagemaker-governance-1-0-0-0123456789ab');
const NEWER = script('sagemaker-governance-1-1-0-ba9876543210');
const THEIRS = script('security-baseline-7');

/** How an API may merge an update into settings. */
const semantics = {
  member: (old: JsonObject, update: JsonObject) => ({ ...old, ...update }),
  leaf: deep
};

function deep(old: JsonObject, update: JsonObject): JsonObject {
  const result: JsonObject = { ...old };
  for (const [name, value] of Object.entries(update)) {
    const before = result[name];
    result[name] =
      isObject(value) && isObject(before) ? deep(before, value) : value;
  }
  return result;
}

/** Carry out a step on a domain as AWS would. */
function apply(
  domain: IDomain,
  step: IStep,
  merge: keyof typeof semantics
): IDomain {
  const act = semantics[merge];
  switch (step.slot.kind) {
    case 'domain':
      return {
        ...domain,
        user: act(domain.user, member(step.input, 'DefaultUserSettings'))
      };
    case 'spaces':
      return {
        ...domain,
        spaces: act(
          domain.spaces ?? {},
          member(step.input, 'DefaultSpaceSettings')
        )
      };
    case 'profile': {
      const { name } = step.slot;
      return {
        ...domain,
        profiles: domain.profiles.map(one =>
          one.name === name
            ? {
                name,
                settings: act(one.settings, member(step.input, 'UserSettings'))
              }
            : one
        )
      };
    }
  }
}

/** Detach as the command does: once more where the API kept the installer. */
function detach(domain: IDomain, merge: keyof typeof semantics): IDomain {
  for (const step of planDetach(domain).steps) {
    const next = apply(domain, step, merge);
    const kept = planDetach(next).steps.some(
      one => slotName(one.slot) === slotName(step.slot)
    );
    domain = kept ? apply(next, insist(next, step), merge) : next;
  }
  return domain;
}

function attach(
  domain: IDomain,
  arn: string,
  merge: keyof typeof semantics
): IDomain {
  return planAttach(domain, arn).steps.reduce(
    (now, step) => apply(now, step, merge),
    domain
  );
}

/** Every slot as text, in which an empty built-in slot counts as not there. */
const frozen = (domain: IDomain) =>
  slots(domain).map(([slot, settings]) => [
    slotName(slot),
    settings && canonical(comparable(settings))
  ]);

const values = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const names = fc.stringMatching(/^[A-Z][A-Za-z]{1,12}$/);
const structure = fc.dictionary(names, values, {
  maxKeys: 5,
  noNullPrototype: true
});
const lab = fc
  .tuple(
    structure,
    fc.option(fc.constantFrom(THEIRS, NONE), { nil: undefined, freq: 4 })
  )
  .map(([others, there]): JsonObject =>
    there === undefined ? others : { ...others, [BUILT_IN]: there }
  )
  // AWS shows no empty structure.
  .filter(one => Object.keys(one).length > 0);
const settings = fc
  .tuple(structure, fc.option(lab, { nil: undefined }))
  .map(([others, own]): JsonObject =>
    own === undefined ? others : { ...others, [LAB]: own }
  );
const domains: fc.Arbitrary<IDomain> = fc.record({
  id: fc.constant('d-abc'),
  user: settings,
  spaces: fc.option(settings, { nil: undefined }),
  profiles: fc
    .array(settings, { maxLength: 4 })
    .map(all => all.map((one, i) => ({ name: `profile-${i}`, settings: one }))),
  unread: fc.constant([])
});
const merges = fc.constantFrom<keyof typeof semantics>('member', 'leaf');

test('attaching changes the built-in script of app settings and nothing else', () => {
  fc.assert(
    fc.property(domains, merges, (before, merge) => {
      const after = attach(before, OURS, merge);
      const old = new Map(slots(before).map(([s, v]) => [slotName(s), v]));
      for (const [slot, now] of slots(after)) {
        const changed = differences(old.get(slotName(slot)), now);
        for (const { path, after: value } of changed) {
          // A structure that was not there comes with its one member.
          expect([`${LAB}.${BUILT_IN}`, LAB]).toContain(path);
          expect([OURS, canonical({ [BUILT_IN]: OURS })]).toContain(
            path === LAB ? canonical(value) : value
          );
        }
      }
    })
  );
});

test('what a step promises is what an update leaves', () => {
  fc.assert(
    fc.property(domains, merges, (domain, merge) => {
      for (const step of planAttach(domain, OURS).steps) {
        const now = new Map(
          slots(apply(domain, step, merge)).map(([s, v]) => [slotName(s), v])
        );
        expect(canonical(now.get(slotName(step.slot)))).toBe(
          canonical(step.after)
        );
      }
    })
  );
});

test('detaching after attaching leaves every byte as it was', () => {
  fc.assert(
    fc.property(domains, merges, (before, merge) => {
      const after = detach(attach(before, OURS, merge), merge);
      expect(frozen(after)).toEqual(frozen(before));
    })
  );
});

test('so it does after an upgrade and a rollback', () => {
  fc.assert(
    fc.property(domains, merges, (before, merge) => {
      let now = attach(before, OURS, merge);
      const first = frozen(now);
      now = attach(attach(now, NEWER, merge), OURS, merge);
      expect(frozen(now)).toEqual(first);
      expect(frozen(detach(now, merge))).toEqual(frozen(before));
    })
  );
});

test('a second time there is nothing to do', () => {
  fc.assert(
    fc.property(domains, merges, (before, merge) => {
      const after = attach(before, OURS, merge);
      expect(planAttach(after, OURS).steps).toEqual([]);
      expect(planDetach(detach(after, merge)).steps).toEqual([]);
    })
  );
});

test("somebody else's script is never replaced, nor taken away", () => {
  fc.assert(
    fc.property(domains, merges, (before, merge) => {
      const foreign = (domain: IDomain) =>
        slots(domain)
          .filter(([, value]) => value && builtIn(value) === THEIRS)
          .map(([slot]) => slotName(slot));
      const after = attach(before, OURS, merge);
      expect(foreign(after)).toEqual(foreign(before));
      expect(
        planAttach(before, OURS)
          .left.filter(one => one.reason === 'foreign')
          .map(one => slotName(one.slot))
      ).toEqual(foreign(before));
      expect(foreign(detach(after, merge))).toEqual(foreign(before));
    })
  );
});

test('the properties can fail: an update that names the slot alone loses settings', () => {
  const domain: IDomain = {
    id: 'd-abc',
    user: { [LAB]: { AppLifecycleManagement: { IdleSettings: {} } } },
    spaces: undefined,
    profiles: [],
    unread: []
  };
  const [step] = planAttach(domain, OURS).steps;
  const careless: IStep = {
    ...step,
    input: { DefaultUserSettings: { [LAB]: { [BUILT_IN]: OURS } } }
  };
  expect(canonical(apply(domain, careless, 'member').user)).not.toBe(
    canonical(step.after)
  );
});

test('a profile that opts out is left alone until told otherwise', () => {
  const domain: IDomain = {
    id: 'd-abc',
    user: {},
    spaces: undefined,
    profiles: [{ name: 'ana', settings: { [LAB]: { [BUILT_IN]: NONE } } }],
    unread: []
  };
  const plan = planAttach(domain, OURS);
  expect(plan.steps.map(one => one.slot.kind)).toEqual(['domain']);
  expect(plan.left.map(one => one.reason)).toEqual([
    'no-shared-spaces',
    'opted-out'
  ]);
  expect(planAttach(domain, OURS, true).steps).toHaveLength(2);
});

test('a profile without app settings takes what the domain has', () => {
  const domain: IDomain = {
    id: 'd-abc',
    user: {},
    spaces: {},
    profiles: [{ name: 'ana', settings: { ExecutionRole: 'role' } }],
    unread: []
  };
  expect(planAttach(domain, OURS).steps.map(one => slotName(one.slot))).toEqual(
    [
      'domain, default user settings (private spaces)',
      'domain, default space settings (shared spaces)'
    ]
  );
});

test('changes read as lines', () => {
  const before = { A: 1, [LAB]: { [BUILT_IN]: OURS, Old: ['x'] } };
  const after = { A: 2, [LAB]: { [BUILT_IN]: NEWER }, New: true };
  expect(changes(before, after)).toEqual([
    '~ A: 1 -> 2',
    '~ JupyterLabAppSettings.BuiltInLifecycleConfigArn: ' +
      'sagemaker-governance-1-0-0-0123456789ab -> sagemaker-governance-1-1-0-ba9876543210',
    '- JupyterLabAppSettings.Old: ["x"]',
    '+ New: true'
  ]);
});
