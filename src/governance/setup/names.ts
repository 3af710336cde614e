/** What has to be known of a console, and what it is mostly called. */
import { statusWords } from '../vocabulary';

export const TYPE_SLOTS = ['useCase', 'entity', 'modelGroup', 'model'] as const;
export const FIELD_SLOTS = [
  'status',
  'riskLevel',
  'owner',
  'groupArn'
] as const;
export type TypeSlot = (typeof TYPE_SLOTS)[number];
export type FieldSlot = (typeof FIELD_SLOTS)[number];
export type Slot = TypeSlot | FieldSlot;

/** Slots that the server wants a name for. */
export const REQUIRED: ReadonlySet<Slot> = new Set<Slot>([
  'useCase',
  'entity',
  'status'
]);

/** Type whose fields a slot is chosen from. */
export function typeOfField(slot: FieldSlot): TypeSlot {
  return slot === 'groupArn' ? 'modelGroup' : 'useCase';
}

/** Name by slot; null: deliberately none; undefined: not decided. */
export type Mapping = Partial<Record<Slot, string | null>>;

/** Name that IBM's documents and field engineers use. */
export const PUBLISHED: Readonly<Record<Slot, readonly string[]>> = {
  useCase: ['Register', 'Model Use Case'],
  entity: ['SOXBusEntity'],
  modelGroup: [],
  model: ['Model'],
  status: ['MRG-AIFacts-ModelUseCase:Status'],
  riskLevel: ['MRG-AIFacts-ModelUseCase:Risk Level'],
  owner: ['MRG-ModelUseCase:Owner'],
  groupArn: []
};

/** Words in names and labels, see `statusWords`; the first that fits counts. */
const CALLED: Readonly<Record<Slot, readonly [RegExp, number][]>> = {
  useCase: [[/use ?case/u, 4]],
  entity: [[/business ?entity/u, 4]],
  modelGroup: [[/model ?group/u, 4]],
  model: [[/^model( model)?$/u, 3]],
  status: [
    [/(^| )status$/u, 4],
    [/status/u, 2]
  ],
  riskLevel: [
    [/risk ?(level|rating|tier|class)/u, 4],
    [/risk/u, 2]
  ],
  owner: [
    [/(^| )owner$/u, 4],
    [/owner/u, 2]
  ],
  groupArn: [[/(^| )arn( |$)|arn$|sage ?maker|aws|external ?id/u, 3]]
};

/** Whether the name or label of a field hints at an ARN. */
export function hintsAtArn(field: { name: string; label: string }): boolean {
  return calledLike('groupArn', field) !== null;
}

interface ICalled {
  text: string;
  points: number;
}

/** Looked up again and again while a console of many fields is read. */
const called = new WeakMap<object, Partial<Record<Slot, ICalled | null>>>();

/** Whether a type or field is called like what a slot wants. */
export function calledLike(
  slot: Slot,
  item: { name: string; label: string }
): ICalled | null {
  const known = called.get(item) ?? {};
  called.set(item, known);
  let answer = known[slot];
  if (answer === undefined) {
    answer = known[slot] = findCalled(slot, item);
  }
  return answer;
}

function findCalled(
  slot: Slot,
  item: { name: string; label: string }
): ICalled | null {
  const field = item.name.slice(item.name.lastIndexOf(':') + 1);
  for (const [pattern, points] of CALLED[slot]) {
    for (const text of [field, item.label]) {
      const found = pattern.exec(statusWords(text));
      if (found) {
        return { text: found[0].trim(), points };
      }
    }
  }
  return null;
}
