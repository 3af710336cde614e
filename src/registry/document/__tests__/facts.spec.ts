import { governanceStatus, group, version } from '../../../testing';
import type { IModelPackage, IModelPackageDetails } from '../../../tokens';
import { exportFacts, exportName, exportRows, toCsv } from '../export';
import { rowOf } from '../model';
import { plotPoints, plotSpec } from '../plot';
import { timelineOf } from '../timeline';

export function details(
  members: Partial<IModelPackageDetails> = {}
): IModelPackageDetails {
  return {
    ...version(members),
    status: 'Completed',
    sourceUri: null,
    containers: [
      {
        image: 'image:1',
        modelDataUrl: 's3://b/m',
        framework: 'SKLEARN',
        frameworkVersion: '1.2'
      }
    ],
    supportedContentTypes: ['text/csv'],
    metrics: { AUC: 0.86 },
    run: null,
    ...members
  };
}

const T0 = Date.UTC(2026, 10, 18, 10);
const actor = (name: string) => ({
  userProfileName: name,
  sourceIdentity: null,
  arn: null
});

describe('timeline', () => {
  const base: Partial<IModelPackage> = {
    createdAt: T0,
    createdBy: actor('ds-042')
  };
  const changed = {
    lastModifiedAt: T0 + 60_000,
    lastModifiedBy: actor('apr-007')
  };
  const kinds = (members: Partial<IModelPackage>) => {
    const { events, gaps } = timelineOf(version({ ...base, ...members }));
    return { kinds: events.map(e => e.kind), gaps, events };
  };

  it('of a version nobody asked about', () => {
    expect(kinds({})).toMatchObject({
      kinds: ['registered', 'waiting-request'],
      gaps: []
    });
  });
  it('of a changed one does not call the change a request', () => {
    expect(kinds(changed)).toMatchObject({
      kinds: ['registered', 'changed', 'waiting-request'],
      gaps: ['earlier-reasons']
    });
  });
  it('of a requested one', () => {
    const found = kinds({
      ...changed,
      approvalDescription: ' Adds bureau data '
    });
    expect(found.kinds).toEqual([
      'registered',
      'requested',
      'waiting-decision'
    ]);
    expect(found.events[1]).toMatchObject({
      at: T0 + 60_000,
      by: { userProfileName: 'apr-007' },
      reason: 'Adds bureau data'
    });
    expect(found.gaps).toEqual(['which-change', 'earlier-reasons']);
  });
  it.each([
    ['Approved', 'approved'],
    ['Rejected', 'rejected']
  ] as const)(
    'of one that is %s says what is not recorded',
    (approval, kind) => {
      const found = kinds({
        ...changed,
        approval,
        approvalDescription: 'fine'
      });
      expect(found.kinds).toEqual(['registered', kind]);
      expect(found.gaps).toEqual([
        'request',
        'which-change',
        'earlier-reasons'
      ]);
    }
  );
  it('of one registered as approved', () => {
    const found = kinds({ approval: 'Approved', lastModifiedAt: T0 + 500 });
    expect(found.events[1]).toMatchObject({
      at: T0,
      by: { userProfileName: 'ds-042' }
    });
    expect(found.gaps).toEqual(['request']);
  });
  it('without anybody', () => {
    expect(kinds({ createdBy: null }).gaps).toEqual(['who']);
  });
});

describe('export', () => {
  const input = {
    group: group(),
    version: details({
      version: 12,
      metadata: {
        formula: '=HYPERLINK("http://x")',
        minus: '-0.5',
        note: 'a, "b"\nc'
      },
      approvalDescription: '@me'
    }),
    status: governanceStatus({
      answers: [
        {
          source: 'openpages',
          connection: 'wxgov',
          state: 'failed',
          useCase: null,
          matchedBy: null,
          readAt: null,
          error: new Error('down')
        }
      ]
    }),
    exportedAt: T0
  };

  it('holds every fact with its source, as JSON', () => {
    const facts = JSON.parse(JSON.stringify(exportFacts(input)));
    expect(facts).toMatchObject({
      exportedAt: '2026-11-18T10:00:00.000Z',
      group: { arn: input.group.arn },
      version: { number: 12, metrics: { AUC: 0.86 } },
      governance: {
        status: 'Approved for development',
        answers: [{ error: 'down' }]
      },
      timeline: {
        events: [
          { kind: 'registered' },
          { kind: 'requested' },
          { kind: 'waiting-decision' }
        ]
      }
    });
    expect(exportName(input, 'csv')).toBe('credit-risk-scoring-v12-facts.csv');
  });
  it('quotes cells and disarms formulas, as CSV', () => {
    const csv = toCsv(exportRows(input));
    expect(csv.startsWith('\ufeffsection,name,value\r\n')).toBe(true);
    expect(csv).toContain(`metadata,formula,"'=HYPERLINK(""http://x"")"\r\n`);
    expect(csv).toContain('metadata,minus,-0.5\r\n');
    expect(csv).toContain('metadata,note,"a, ""b""\nc"\r\n');
    expect(csv).toContain("version,approvalDescription,'@me\r\n");
    expect(csv).toContain('governance source,openpages wxgov,failed\r\n');
  });
  it('works without governance', () => {
    const bare = { ...input, status: null };
    expect(exportFacts(bare).governance).toBeNull();
    expect(exportRows(bare).some(([section]) => section === 'governance')).toBe(
      false
    );
  });
});

describe('plot', () => {
  const rows = [3, 1, 2].map(n =>
    rowOf(
      version({
        version: n,
        metadata: n === 2 ? {} : { 'metric.AUC': `0.${n}` }
      }),
      () => null
    )
  );
  it('has the versions with the metric, oldest first', () => {
    expect(plotPoints(rows, 'AUC', rows[0].version.arn)).toEqual([
      {
        version: 1,
        value: 0.1,
        approval: 'PendingManualApproval',
        chosen: false
      },
      {
        version: 3,
        value: 0.3,
        approval: 'PendingManualApproval',
        chosen: true
      }
    ]);
  });
  it('takes the theme’s colours and any metric name', () => {
    const spec = plotSpec(
      plotPoints(rows, 'AUC', null),
      'a.b[0]',
      300,
      { text: '#111', faint: '#222', line: '#333' },
      { version: 'Version', approval: 'Approval' }
    );
    const text = JSON.stringify(spec);
    expect(text).toContain('"labelColor":"#111"');
    expect(text).toContain('"field":"value"');
    expect(text).not.toContain('"field":"a.b[0]"');
    expect(spec.background).toBe('transparent');
  });
});
