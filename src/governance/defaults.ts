/** Settings as they are without any change; `schema/governance.json` agrees. */
import type { IVocabularyRule } from './vocabulary';

/** Age after which an answer counts as stale, minutes. */
export const STALE_AFTER_MINUTES = 60;

/** Tag of a model package group that names its use case. */
export const TAG_KEY = 'governance:use-case-id';

/**
 * Words seen in IBM's documents and public workflows (see `IVocabularyRule`
 * for the form). Order carries the meaning: whatever takes an approval back or
 * ties it to something comes before the approval itself, and an approval only
 * counts at the beginning ("Awaiting Use Case Approval" is none).
 */
export const VOCABULARY: readonly IVocabularyRule[] = [
  { bucket: 'pending', pattern: '\\bnot yet\\b' },
  {
    bucket: 'rejected',
    pattern:
      '\\b(reject(ed)?|den(y|ied)|declined?|refused|failed|disapproved?|unapproved|not (approved|accepted|compliant)|dis approved|un approved|non ?compliant|noncompliance|vetoed)\\b'
  },
  {
    bucket: 'retired',
    pattern:
      '\\b(decommission(ed|ing)?|retir(e|ed|ing|ement)|archived?|cancel(l?ed|lation)?|withdrawn|revoked|expired|obsolete|superseded|suspended|terminated|no longer)\\b'
  },
  {
    bucket: 'pending',
    pattern:
      '\\b(await(s|ing)?|waiting|pending|subject to|conditional(ly)?|conditions?|provisional(ly)?|on hold)\\b'
  },
  {
    bucket: 'approved',
    pattern:
      '^((use case |model |fully |finally )?approved(?! (no|not|false|n|never|without|by mistake)\\b)|deployed(?! (no|not|without)\\b)|(in )?operation(al)?$|operating$)'
  },
  { bucket: 'draft', pattern: '^(not started|to do|new)\\b' },
  {
    bucket: 'pending',
    pattern:
      '\\b(reviews?|reviewing|scoping|(?<!pre )assess(ment|ing)|submitted|validation|validating)\\b'
  },
  {
    bucket: 'progress',
    pattern:
      '\\b(in progress|(under|in) development|development complete|data acquisition|feature engineering|in build|started|ongoing)\\b'
  },
  {
    bucket: 'draft',
    pattern:
      '\\b(proposed|proposal|drafts?|(data )?gathering|definition|idea)\\b'
  }
];
