/**
 * What in a console's object model is what: candidates with their evidence.
 *
 * Pure. Points only order candidates; one is proposed when its evidence is
 * enough and no other has as much. Whatever lacks evidence is left to choose.
 */
import { statusWords } from '../vocabulary';
import { isEnum, isText } from './schema';
import type { IFieldType, IRelation, ISchema } from './schema';
import { calledLike, PUBLISHED, TYPE_SLOTS, typeOfField } from './names';
import type { FieldSlot, Mapping, Slot, TypeSlot } from './names';

/** Why something is, or is not, a candidate. */
export type Reason =
  | { code: 'published' }
  | { code: 'configured' }
  | { code: 'called'; text: string }
  | { code: 'child' | 'parent' | 'only-child' | 'not-child'; of: string }
  | { code: 'has-child'; of: string }
  | { code: 'nests' }
  | { code: 'words-known'; n: number; of: number }
  | { code: 'levels'; words: readonly string[] }
  | { code: 'user' }
  | { code: 'arns'; n: number; of: number }
  | { code: 'matches'; n: number; of: number }
  | { code: 'package-arns'; n: number }
  | { code: 'not-arns'; n: number }
  | { code: 'no-values'; rows: number };

export interface ICandidate {
  name: string;
  label: string;
  points: number;
  /** For it. */
  reasons: readonly Reason[];
  /** Why it is not proposed whatever else speaks for it; null: it may be. */
  doubt: Reason | null;
}

export interface IProposal {
  /** Proposed name; null: nothing has enough evidence. */
  value: string | null;
  /** Null without a value. `strong`: several kinds of evidence agree. */
  confidence: 'strong' | 'fair' | null;
  /** With evidence, best first. */
  candidates: readonly ICandidate[];
  /** Everything else that can be chosen, by label. */
  others: readonly { name: string; label: string }[];
  /** Several have the same evidence, so that none is proposed. */
  tie: boolean;
}

/** What values of a field of the model group look like. */
export interface IArnEvidence {
  /** Objects read. */
  rows: number;
  /** Objects with a value. */
  filled: number;
  /** Values that are ARNs of model package groups. */
  groups: number;
  /** Values that are ARNs of model packages. */
  packages: number;
  /** Values that are groups of our registries. */
  matches: number;
}

/** Everything that proposals follow from. */
export interface IEvidence {
  schema: ISchema;
  /** Names in force now. */
  configured: Mapping;
  /** By field of the model group type; absent: not read. */
  arns: ReadonlyMap<string, IArnEvidence>;
  /** Whether the vocabulary knows a status word. */
  known: (word: string) => boolean;
}

const ENOUGH = 5;
const STRONG = 8;

const LEVELS = /^(very )?(high|medium|moderate|low|limited|minimal|critical)$/u;

/** Evidence for one candidate, added up. */
class Case {
  constructor(slot: Slot, item: { name: string; label: string }) {
    this._item = item;
    if (PUBLISHED[slot].includes(item.name)) {
      this.add(4, { code: 'published' });
    }
    const like = calledLike(slot, item);
    if (like) {
      this.add(like.points, { code: 'called', text: like.text });
    }
  }

  add(points: number, reason: Reason): this {
    this._points += points;
    this._reasons.push(reason);
    return this;
  }

  doubt(reason: Reason): this {
    this._doubt ??= reason;
    return this;
  }

  /** @param configured - name in force now. */
  end(configured: string | null | undefined): ICandidate {
    if (configured === this._item.name) {
      this.add(1, { code: 'configured' });
    }
    return {
      name: this._item.name,
      label: this._item.label,
      points: this._points,
      reasons: this._reasons,
      doubt: this._doubt
    };
  }

  private _item: { name: string; label: string };
  private _points = 0;
  private _reasons: Reason[] = [];
  private _doubt: Reason | null = null;
}

function judge(
  all: readonly { name: string; label: string }[],
  cases: readonly ICandidate[]
): IProposal {
  const candidates = cases
    .filter(({ reasons, doubt }) => reasons.length > 0 || doubt)
    .sort(
      (a, b) =>
        Number(!!a.doubt) - Number(!!b.doubt) ||
        b.points - a.points ||
        a.label.localeCompare(b.label)
    );
  const [best, second] = candidates.filter(
    ({ points, doubt }) => !doubt && points >= ENOUGH
  );
  const tie = !!second && second.points === best.points;
  const listed = new Set(candidates.map(({ name }) => name));
  return {
    value: best && !tie ? best.name : null,
    confidence:
      best && !tie ? (best.points >= STRONG ? 'strong' : 'fair') : null,
    candidates,
    others: all
      .filter(({ name }) => !listed.has(name))
      .map(({ name, label }) => ({ name, label }))
      .sort((a, b) => a.label.localeCompare(b.label)),
    tie
  };
}

function relationsOf(
  schema: ISchema,
  type: string | null | undefined,
  role: IRelation['role']
): readonly IRelation[] {
  return type
    ? (schema.details.get(type)?.relations ?? []).filter(
        relation => relation.role === role
      )
    : [];
}

/** Proposal for a type, given what the slots before it hold. */
export function proposeType(
  slot: TypeSlot,
  evidence: IEvidence,
  mapping: Mapping
): IProposal {
  const { schema, configured } = evidence;
  const { useCase, modelGroup } = mapping;
  const above = slot === 'model' ? modelGroup : useCase;
  const children = relationsOf(schema, above, 'child');
  const parents = relationsOf(schema, useCase, 'parent');
  return judge(
    schema.types,
    schema.types
      .map(type => {
        const one = new Case(slot, type);
        const below = relationsOf(schema, type.name, 'child');
        switch (slot) {
          case 'useCase': {
            const group = below.find(child => calledLike('modelGroup', child));
            if (group) {
              one.add(4, { code: 'has-child', of: group.name });
            }
            break;
          }
          case 'entity':
            if (useCase && parents.some(({ name }) => name === type.name)) {
              one.add(3, { code: 'parent', of: useCase });
            }
            if (below.some(({ name }) => name === type.name)) {
              one.add(1, { code: 'nests' });
            }
            break;
          case 'modelGroup':
          case 'model':
            if (above && children.some(({ name }) => name === type.name)) {
              one.add(4, { code: 'child', of: above });
              if (children.length === 1) {
                one.add(1, { code: 'only-child', of: above });
              }
            } else if (
              above &&
              schema.details.has(above) &&
              calledLike(slot, type)
            ) {
              one.doubt({ code: 'not-child', of: above });
            }
            break;
        }
        return one.end(configured[slot]);
      })
      .map(candidate => ({ ...candidate, points: limited(slot, candidate) }))
  );
}

/**
 * Points of a candidate. A use case has many kinds of children, and many types
 * are called something with "model": one without the other is never enough.
 */
function limited(slot: TypeSlot, { points, reasons }: ICandidate): number {
  const named = reasons.some(
    ({ code }) => code === 'called' || code === 'published'
  );
  const placed = reasons.some(({ code }) => code === 'child');
  const enough =
    slot === 'modelGroup' ? named && placed : slot === 'model' ? named : true;
  return enough ? points : Math.min(points, ENOUGH - 1);
}

/** Fields that a slot may take; empty while the type is not known. */
export function fieldsFor(
  slot: FieldSlot,
  evidence: IEvidence,
  mapping: Mapping
): readonly IFieldType[] {
  const type = mapping[typeOfField(slot)];
  return type ? (evidence.schema.details.get(type)?.fields ?? []) : [];
}

/** Proposal for a field, given the types. */
export function proposeField(
  slot: FieldSlot,
  evidence: IEvidence,
  mapping: Mapping
): IProposal {
  const fields = fieldsFor(slot, evidence, mapping);
  return judge(
    fields,
    fields.map(field => {
      const one = new Case(slot, field);
      switch (slot) {
        case 'status':
          status(one, field, evidence);
          break;
        case 'riskLevel':
          riskLevel(one, field);
          break;
        case 'owner':
          if (/USER/i.test(field.dataType)) {
            one.add(3, { code: 'user' });
          } else if (isText(field) && calledLike('owner', field)) {
            one.add(1, { code: 'user' });
          }
          break;
        case 'groupArn':
          groupArn(one, field, evidence.arns.get(field.name));
          break;
      }
      return one.end(evidence.configured[slot]);
    })
  );
}

function status(one: Case, field: IFieldType, { known }: IEvidence): void {
  if (!isEnum(field)) {
    return;
  }
  const n = field.values.filter(known).length;
  if (n > 0 && 2 * n >= field.values.length) {
    one.add(3, { code: 'words-known', n, of: field.values.length });
  }
}

function riskLevel(one: Case, field: IFieldType): void {
  const words = field.values.filter(word => LEVELS.test(statusWords(word)));
  if (words.length >= 2) {
    one.add(3, { code: 'levels', words });
  }
}

function groupArn(
  one: Case,
  field: IFieldType,
  read: IArnEvidence | undefined
): void {
  if (!read) {
    return;
  }
  if (read.groups > 0 && 2 * read.groups > read.filled) {
    one.add(4, { code: 'arns', n: read.groups, of: read.filled });
    if (read.matches > 0) {
      // Of several fields with ARNs the one that knows most of our groups.
      one.add(4 + read.matches / read.rows, {
        code: 'matches',
        n: read.matches,
        of: read.groups
      });
    }
    return;
  }
  if (!calledLike('groupArn', field)) {
    return;
  }
  if (!read.filled) {
    one.doubt({ code: 'no-values', rows: read.rows });
  } else if (read.packages) {
    one.doubt({ code: 'package-arns', n: read.packages });
  } else {
    one.doubt({ code: 'not-arns', n: read.filled });
  }
}

/** Types whose fields and relations should be read before proposing. */
export function typesWorthReading(
  { types }: Pick<ISchema, 'types'>,
  configured: Mapping
): string[] {
  const wanted = types.filter(type =>
    TYPE_SLOTS.some(
      slot =>
        configured[slot] === type.name ||
        PUBLISHED[slot].includes(type.name) ||
        calledLike(slot, type)
    )
  );
  return wanted.map(({ name }) => name);
}
