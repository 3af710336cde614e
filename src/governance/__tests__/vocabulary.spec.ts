import * as fs from 'fs';
import * as path from 'path';

import { STALE_AFTER_MINUTES, TAG_KEY, VOCABULARY } from '../defaults';
import { statusWords, Vocabulary, VocabularyError } from '../vocabulary';
import type { StatusBucket } from '../../tokens';

const vocabulary = new Vocabulary(VOCABULARY);

const WORDS: Record<StatusBucket, string[]> = {
  approved: [
    'Approved',
    'APPROVED',
    'Approved for Development',
    'ApprovedForDevelopment',
    'approved_for_development',
    'Use Case Approved',
    'Fully approved',
    'Deployed',
    'Operational'
  ],
  pending: [
    'Awaiting Use Case Approval',
    'Awaiting Approval',
    'PendingApproval',
    'Pending',
    'Under Review',
    'Stakeholder Review',
    'Risk and Applicability Scoping',
    'Risk Assessment',
    'Submitted for Validation',
    'Not yet approved',
    'Approved pending legal review',
    'Conditionally approved',
    'Approved subject to conditions',
    'On hold'
  ],
  progress: [
    'Under Development',
    'In Development',
    'Development Complete',
    'InProgress',
    'IN_PROGRESS',
    'Data Acquisition',
    'Feature Engineering Complete'
  ],
  draft: [
    'Proposed',
    'Proposal',
    'Draft',
    'Use Case Data Gathering',
    'Not Started',
    'Model Definition',
    'New'
  ],
  rejected: [
    'Rejected',
    'Reject',
    'Not approved',
    'NOT-APPROVED',
    'Not\u200bapproved',
    'Not Approved for Development',
    'Non-compliant',
    'Non-Compliant',
    'Disapproved',
    'Unapproved',
    'Un-approved',
    'Denied',
    'Declined',
    'Approved, then rejected'
  ],
  retired: [
    'Decommissioned',
    'Retired',
    'Archived',
    'Cancelled',
    'Canceled',
    'Withdrawn',
    'Approved (expired)',
    'Approval revoked',
    'No longer approved',
    'Approved for decommissioning'
  ],
  other: [
    'In pre-assessment',
    'Pre-approved',
    'Approval',
    'Approved: No',
    'Approved = false',
    'Nearly approved',
    'Operational risk',
    'Compliant',
    'Genehmigt?',
    'معتمد',
    '???',
    ' ',
    '',
    `Approved${' and so on'.repeat(40)}`
  ]
};

describe('vocabulary', () => {
  for (const [bucket, words] of Object.entries(WORDS)) {
    it.each(words)(`takes "%s" for ${bucket}`, word => {
      expect(vocabulary.bucketOf(word)).toBe(bucket);
    });
  }

  it('sees the words whatever they are written with', () => {
    for (const text of [
      'InProgress',
      'IN_PROGRESS',
      ' in-progress ',
      'In…progress'
    ]) {
      expect(statusWords(text)).toBe('in progress');
    }
    expect(statusWords('Ａpproved')).toBe('approved');
  });

  it('lets an earlier rule win', () => {
    const own = new Vocabulary([
      { bucket: 'draft', pattern: '^approved in principle$' },
      { bucket: 'approved', pattern: '^approved' }
    ]);
    expect(own.bucketOf('Approved in Principle')).toBe('draft');
    expect(own.bucketOf('Approved')).toBe('approved');
    expect(own.bucketOf('Rejected')).toBe('other');
  });

  it.each([
    [{ bucket: 'draft', pattern: '(' }, /regular expression/i],
    [{ bucket: 'green', pattern: 'x' }, /bucket/],
    [{ bucket: 'draft', pattern: '  ' }, /empty/],
    [{ bucket: 'draft', pattern: 'x'.repeat(501) }, /long/],
    [null, /bucket/]
  ])('refuses %j and names the line', (rule, message) => {
    const make = () =>
      new Vocabulary([VOCABULARY[0], rule as (typeof VOCABULARY)[0]]);
    expect(make).toThrow(VocabularyError);
    expect(make).toThrow(message);
    try {
      make();
    } catch (error) {
      expect((error as VocabularyError).index).toBe(1);
    }
  });

  it('is the default of the settings', () => {
    const file = path.resolve(__dirname, '../../../schema/governance.json');
    const { properties } = JSON.parse(fs.readFileSync(file, 'utf8'));
    expect(properties.vocabulary.default).toEqual(VOCABULARY);
    expect(properties.staleAfterMinutes.default).toBe(STALE_AFTER_MINUTES);
    expect(properties.tagKey.default).toBe(TAG_KEY);
  });
});
