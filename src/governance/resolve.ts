/**
 * Governance status of one group from what the sources said. Pure.
 *
 * The rule, in order:
 *
 * 1. OpenPages knows the group by its ARN (by its name within the registry's
 *    entity only where no ARN field is configured): that use case.
 * 2. OpenPages knows every use case that the model card and the tag name: that,
 *    or of two the least favourable.
 * 3. OpenPages could not be read, or shows no such use case: could not read.
 *    A card or a tag does not stand in for it.
 * 4. No OpenPages to ask: the card, then the tag, as a claim.
 * 5. Nobody knows of a use case: not linked.
 *
 * Green (`approved`) has one way only: OpenPages said so, in a reading that is
 * not stale. A card or a tag is written by whoever registers versions, so that
 * their word is shown but never counts as an approval. Good news expires with
 * its reading, bad news stays: a stale `approved` becomes `other`.
 *
 * Where several use cases answer in one step, the least favourable is shown,
 * and the disagreement is flagged.
 */
import type {
  IGovernanceStatus,
  IModelPackage,
  IModelPackageGroup,
  ISourceAnswer,
  StatusBucket
} from '../tokens';
import { OpenPagesError } from './errors';
import { idKey } from './sources/book';
import { askCard } from './sources/card';
import { askOpenPages, type IReading } from './sources/openpages';
import { askTag } from './sources/tag';
import type { Vocabulary } from './vocabulary';

/** Everything that decides a status. */
export interface IResolveInput {
  group: IModelPackageGroup;
  /** Latest version; null: there is none; undefined: not read (yet). */
  latest: IModelPackage | null | undefined;
  /** The latest version is still on its way. */
  latestPending?: boolean;
  /** One per OpenPages connection, in the order of the configuration. */
  readings: readonly IReading[];
  vocabulary: Pick<Vocabulary, 'bucketOf'>;
  /** Key of the tag that names a use case. */
  tagKey: string;
  /** ms since epoch. */
  now: number;
  /** ms. */
  staleAfter: number;
  /** Last status word that OpenPages gave for the group. */
  lastKnown: { status: string; readAt: number } | null;
}

/** A Resource ID of OpenPages, rather than a key such as `CREDIT-001`. */
const RESOURCE_ID = /^\s*\d+\s*$/;

/** Least favourable first. */
const CAUTION: readonly (StatusBucket | null)[] = [
  'rejected',
  'retired',
  null,
  'other',
  'draft',
  'pending',
  'progress',
  'approved'
];

export function resolveStatus(input: IResolveInput): IGovernanceStatus {
  const card = askCard(input.latest);
  const tag = askTag(input.group, input.tagKey);
  const claims = [card, tag].filter(answer => answer.useCase);
  const ids = claims.map(answer => answer.useCase?.id ?? '');
  const perReading = input.readings.map(reading => ({
    reading,
    answers: askOpenPages(reading, input.group, ids, id =>
      input.readings.some(({ book }) => book?.named(id).length === 1)
    )
  }));
  const openPages = perReading.flatMap(({ answers }) => answers);
  const base: IGovernanceStatus = {
    state: 'not-linked',
    bucket: null,
    useCase: null,
    source: null,
    stale: false,
    readAt: null,
    lastKnown: null,
    disagreement: disagree(input.readings, openPages, claims),
    outsideEntity: false,
    answers: [...openPages, card, tag]
  };

  const found = openPages.filter(answer => answer.state === 'found');
  const direct = found.filter(answer => answer.matchedBy !== 'id');
  const failure = perReading
    .filter(({ reading }) => concerns(reading, input.group))
    .flatMap(({ answers }) => answers)
    .find(answer => answer.state === 'failed');

  if (direct.length) {
    return fromOpenPages(base, input, direct);
  }
  if (failure) {
    return unreadable(base, input, claims[0] ?? null);
  }
  if (found.length) {
    return fromOpenPages(base, input, found);
  }
  if (input.readings.some(({ book, error }) => !book && !error)) {
    return { ...base, state: 'loading' };
  }
  if (claims.length) {
    return fromClaim(base, input, claims[0]);
  }
  if (input.latestPending && input.latest === undefined) {
    return { ...base, state: 'loading' };
  }
  return { ...base, readAt: openPages[0]?.readAt ?? null };
}

/** A console that keeps other registries only does not spoil this one. */
export function concerns(
  reading: IReading,
  group: IModelPackageGroup
): boolean {
  const { entities } = reading.connection;
  return !Object.keys(entities).length || group.connection in entities;
}

/** An answer that found a use case, with what it counts for. */
interface ICandidate {
  answer: ISourceAnswer;
  reading: IReading | undefined;
  stale: boolean;
  /** The right to read it is gone: what is known is only a memory. */
  denied: boolean;
  bucket: StatusBucket | null;
}

function weigh(input: IResolveInput, answer: ISourceAnswer): ICandidate {
  const reading = input.readings.find(
    ({ connection }) => connection.id === answer.connection
  );
  const failed = reading?.error ?? null;
  const denied = failed instanceof OpenPagesError && failed.denied;
  const stale =
    failed !== null ||
    answer.readAt === null ||
    input.now - answer.readAt > input.staleAfter;
  const status = answer.useCase?.status;
  const bucket = status && !denied ? input.vocabulary.bucketOf(status) : null;
  return {
    answer,
    reading,
    stale,
    denied,
    bucket: stale && bucket === 'approved' ? 'other' : bucket
  };
}

function fromOpenPages(
  base: IGovernanceStatus,
  input: IResolveInput,
  answers: readonly ISourceAnswer[]
): IGovernanceStatus {
  const [{ answer, bucket, denied, reading, stale }] = answers
    .map(candidate => weigh(input, candidate))
    .sort((a, b) => CAUTION.indexOf(a.bucket) - CAUTION.indexOf(b.bucket));
  const { readAt, useCase } = answer;
  const resolved: IGovernanceStatus = {
    ...base,
    useCase,
    source: 'openpages',
    stale,
    readAt,
    outsideEntity:
      (useCase && reading?.book?.outsideEntity(input.group, useCase)) ?? false
  };
  if (denied) {
    const status = useCase?.status ?? null;
    return {
      ...resolved,
      state: 'could-not-read',
      lastKnown: status && readAt !== null ? { status, readAt } : null
    };
  }
  return bucket === null
    ? { ...resolved, state: 'no-status' }
    : { ...resolved, state: 'linked', bucket };
}

function fromClaim(
  base: IGovernanceStatus,
  input: IResolveInput,
  claim: ISourceAnswer
): IGovernanceStatus {
  const status = claim.useCase?.status ?? null;
  const bucket = status ? input.vocabulary.bucketOf(status) : null;
  return {
    ...base,
    state: bucket ? 'linked' : 'no-status',
    bucket: bucket === 'approved' ? 'other' : bucket,
    useCase: claim.useCase,
    source: claim.source
  };
}

function unreadable(
  base: IGovernanceStatus,
  input: IResolveInput,
  claim: ISourceAnswer | null
): IGovernanceStatus {
  return {
    ...base,
    state: 'could-not-read',
    useCase: claim?.useCase ?? null,
    source: claim?.source ?? null,
    stale: input.lastKnown !== null,
    readAt: input.lastKnown?.readAt ?? null,
    lastKnown: input.lastKnown
  };
}

/**
 * Whether what was found are different use cases.
 *
 * A Resource ID and a key may mean the same one; where no reading knows either
 * of the two, nobody can tell, and nobody is accused.
 */
function disagree(
  readings: readonly IReading[],
  openPages: readonly ISourceAnswer[],
  claims: readonly ISourceAnswer[]
): boolean {
  const meant = new Set<string>();
  const identity = (connection: string | null, id: string): string =>
    `${connection ?? ''}/${id}`;
  for (const { connection, useCase } of openPages) {
    if (useCase) {
      meant.add(identity(connection, useCase.id));
    }
  }
  const unknown = { ids: new Set<string>(), keys: new Set<string>() };
  for (const { useCase } of claims) {
    const claim = useCase?.id ?? '';
    const named = readings.flatMap(({ book, connection }) =>
      (book?.named(claim) ?? []).map(known => identity(connection.id, known.id))
    );
    if (!named.length) {
      unknown[RESOURCE_ID.test(claim) ? 'ids' : 'keys'].add(idKey(claim));
    } else if (!named.some(name => meant.has(name))) {
      // A name that fits something already found agrees with it.
      meant.add(named[0]);
    }
  }
  return meant.size + Math.max(unknown.ids.size, unknown.keys.size) > 1;
}
