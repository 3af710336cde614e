/**
 * Every page of MLflow that the walk opens, and those that it leaves out.
 *
 * Keys are patterns of MLflow's own router, as they stand in its bundle: one
 * that is in no list here fails the walk, so that a new version's new page is
 * noticed. The table in docs/mlflow.md is made of this file.
 */
import type { ISeed } from './server';

/** A page, as a part of the address after the `#`. */
export interface IPage {
  /** Row of the table; pages with the same one are one row. */
  feature: string;
  route(seed: ISeed): string;
  /** Text that the page has when it is complete. */
  shows: RegExp;
  /** Names to click there, one after the other: files in the tree. */
  opens?: string[];
  /** Text that is there after that. */
  then?: RegExp;
  /** Something that text does not tell of, as a CSS selector. */
  draws?: string;
  /** Name under which a picture of it is kept for people. */
  picture?: string;
  /** Only from this version of MLflow on, where the pattern does not tell. */
  since?: string;
  /** Only before this version of MLflow. */
  until?: string;
}

const json = (value: unknown): string =>
  encodeURIComponent(JSON.stringify(value));
/** Without MLflow's extras for it, every page of it tells how to set it up. */
const GATEWAY = /AI Gateway|LLM Connections/;
const PLOT = '.js-plotly-plot .main-svg';

/** By pattern; several pages where one has several faces. */
export const WALKED: Record<string, IPage[]> = {
  '/': [
    {
      feature: 'Start page, list of experiments',
      route: () => '/',
      shows: /credit-risk-scoring/
    }
  ],
  '/experiments': [
    {
      feature: 'Start page, list of experiments',
      route: () => '/experiments',
      shows:
        /credit-risk-scoring[^]*claims-assistant|claims-assistant[^]*credit-risk-scoring/,
      since: '3.0.0'
    }
  ],
  '/experiments/:experimentId': [
    {
      feature: 'Runs: table, search, columns',
      route: seed => `/experiments/${seed.credit}`,
      shows: /bold-owl-118/
    },
    {
      feature: 'Runs: charts',
      route: seed => `/experiments/${seed.credit}?compareRunsMode=CHART`,
      shows: /Model metrics/,
      draws: PLOT,
      until: '3.0.0'
    },
    {
      feature: 'Traces of an experiment',
      route: seed => `/experiments/${seed.assistant}?compareRunsMode=TRACES`,
      shows: /CL-2041/,
      until: '3.0.0'
    },
    {
      feature: 'Runs: evaluation of tables',
      route: seed => `/experiments/${seed.assistant}?compareRunsMode=ARTIFACT`,
      shows: /claims-assistant/,
      until: '3.0.0'
    }
  ],
  '/experiments/:experimentId/s': [
    {
      feature: 'Runs: table, search, columns',
      route: seed => `/experiments/${seed.credit}/s`,
      shows: /bold-owl-118/,
      until: '3.0.0'
    }
  ],
  '/experiments/:experimentId/runs': [
    {
      feature: 'Runs: charts',
      route: seed => `/experiments/${seed.credit}/runs?compareRunsMode=CHART`,
      shows: /Model metrics/,
      draws: PLOT,
      picture: 'charts'
    }
  ],
  '/experiments/:experimentId/traces': [
    {
      feature: 'Traces of an experiment',
      route: seed => `/experiments/${seed.assistant}/traces`,
      shows: /CL-2041/,
      picture: 'traces'
    }
  ],
  '/experiments/:experimentId/traces/:traceId': [
    {
      feature: 'A trace, by an address of its own',
      route: seed => `/experiments/${seed.assistant}/traces/${seed.trace}`,
      shows: /find_claim/
    }
  ],
  '/experiments/:experimentId/chat-sessions': [
    {
      feature: 'Chat sessions',
      route: seed => `/experiments/${seed.assistant}/chat-sessions`,
      shows: /session/i
    }
  ],
  '/experiments/:experimentId/datasets': [
    {
      feature: 'Evaluation data sets',
      route: seed => `/experiments/${seed.assistant}/datasets`,
      shows: /claims-letters-golden/
    }
  ],
  '/experiments/:experimentId/datasets/:datasetId': [
    {
      feature: 'Evaluation data sets',
      route: seed => `/experiments/${seed.assistant}/datasets/${seed.dataset}`,
      shows: /claims-letters-golden/
    }
  ],
  '/experiments/:experimentId/evaluation-runs': [
    {
      feature: 'Evaluation runs',
      route: seed => `/experiments/${seed.assistant}/evaluation-runs`,
      shows: /Evaluation runs/i
    }
  ],
  '/experiments/:experimentId/judges': [
    {
      feature: 'Judges',
      route: seed => `/experiments/${seed.assistant}/judges`,
      shows: /judge/i
    }
  ],
  '/experiments/:experimentId/models': [
    {
      feature: 'Logged models',
      route: seed => `/experiments/${seed.credit}/models`,
      shows: /Ready/
    }
  ],
  '/experiments/:experimentId/models/:loggedModelId': [
    {
      feature: 'Logged models',
      route: seed => `/experiments/${seed.credit}/models/${seed.model}`,
      shows: /bold-owl-118/,
      since: '3.0.0'
    }
  ],
  '/experiments/:experimentId/models/:loggedModelId/:tabName': [
    {
      feature: 'Logged models',
      route: seed =>
        `/experiments/${seed.credit}/models/${seed.model}/artifacts`,
      shows: /MLmodel/,
      since: '3.0.0'
    }
  ],
  '/experiments/:experimentId/overview/:overviewTab': [
    {
      feature: 'Overview of traces',
      route: seed => `/experiments/${seed.assistant}/overview/usage`,
      shows: /Overview/
    }
  ],
  '/experiments/:experimentId/overview/:overviewTab?': [
    {
      feature: 'Overview of traces',
      route: seed => `/experiments/${seed.assistant}/overview/usage`,
      shows: /Overview/
    }
  ],
  '/experiments/:experimentId/playground': [
    {
      feature: 'Playground',
      route: seed => `/experiments/${seed.assistant}/playground`,
      shows: /Playground/
    }
  ],
  '/experiments/:experimentId/prompts': [
    {
      feature: 'Prompts',
      route: seed => `/experiments/${seed.assistant}/prompts`,
      shows: /prompt/i
    }
  ],
  '/experiments/:experimentId/prompts/:promptName': [
    {
      feature: 'Prompts',
      route: seed => `/experiments/${seed.assistant}/prompts/claims-letter`,
      shows: /Say what happens next/
    }
  ],
  '/experiments/:experimentId/review-queue': [
    {
      feature: 'Review queue',
      route: seed => `/experiments/${seed.assistant}/review-queue`,
      shows: /Review/
    }
  ],
  '/experiments/:experimentId/runs/:runUuid': [
    {
      feature: 'A run: overview',
      route: seed => `/experiments/${seed.credit}/runs/${seed.runs[0]}`,
      shows: /learning_rate/
    }
  ],
  '/experiments/:experimentId/runs/:runUuid/*': [
    {
      feature: 'A run: charts of metrics',
      route: seed =>
        `/experiments/${seed.credit}/runs/${seed.runs[0]}/model-metrics`,
      shows: /accuracy/,
      draws: PLOT
    },
    {
      feature: 'A run: traces',
      route: seed => `/experiments/${seed.credit}/runs/${seed.runs[0]}/traces`,
      shows: /Traces/
    },
    ...(
      [
        ['image', ['plots', 'roc.png'], 'img[src^="blob:"]', /roc\.png/],
        ['HTML', ['report.html'], 'iframe[src^="blob:"]', /report\.html/],
        [
          'text, JSON',
          ['notes.txt'],
          'code, pre',
          /held out with a fixed seed/
        ],
        ['text, JSON', ['evaluation.json'], 'code, pre', /"gini"/],
        [
          'table (CSV)',
          ['feature_importance.csv'],
          '[role="table"], table',
          /debt_to_income/
        ]
      ] as const
    ).map(([kind, opens, draws, then]) => ({
      feature: `Artifacts: ${kind}`,
      route: (seed: ISeed) =>
        `/experiments/${seed.credit}/runs/${seed.runs[0]}/artifacts`,
      opens: [...opens],
      shows: /report\.html/,
      then,
      draws
    })),
    {
      // Another page in between: MLflow itself looks for the open file in the
      // tree of the next run (see FAULTS).
      feature: 'A run: overview',
      route: seed => `/experiments/${seed.assistant}/runs/${seed.letter}`,
      shows: /temperature/
    },
    ...(
      [
        ['PDF', 'policy.pdf', 'canvas', /policy\.pdf/],
        ['image', 'chart.svg', 'img[src^="blob:"]', /chart\.svg/],
        ['text, JSON', 'README.md', 'code, pre, em, h1', /never sent/],
        [
          'text, JSON',
          'letters.json',
          'code, pre, table, [role="table"]',
          /windscreen/
        ]
      ] as const
    ).map(([kind, file, draws, then]) => ({
      feature: `Artifacts: ${kind}`,
      route: (seed: ISeed) =>
        `/experiments/${seed.assistant}/runs/${seed.letter}/artifacts`,
      opens: [file],
      shows: /policy\.pdf/,
      then,
      draws,
      picture: file === 'policy.pdf' ? 'pdf' : undefined
    }))
  ],
  '/runs/:runUuid': [
    {
      feature: 'A run: overview',
      route: seed => `/runs/${seed.runs[0]}`,
      shows: /learning_rate/
    }
  ],
  '/metric/*': [
    {
      feature: 'Compare: one metric',
      route: seed =>
        `/metric/valid_auc?runs=${json(seed.runs.slice(0, 3))}` +
        `&metric=${json('valid_auc')}&experiments=${json([seed.credit])}` +
        `&plot_metric_keys=${json(['valid_auc'])}`,
      shows: /valid_auc/,
      draws: PLOT
    }
  ],
  '/compare-runs': [
    {
      feature: 'Compare: runs, parallel coordinates',
      route: seed =>
        `/compare-runs?runs=${json(seed.runs.slice(0, 3))}` +
        `&experiments=${json([seed.credit])}`,
      shows: /Comparing 3 Runs[^]*Parallel Coordinates/,
      draws: PLOT
    }
  ],
  '/compare-experiments/:searchString': [
    {
      feature: 'Compare: experiments',
      route: seed =>
        `/compare-experiments/s?experiments=${json([seed.credit, seed.assistant])}`,
      shows: /2 Experiments/
    }
  ],
  '/compare-model-versions': [
    {
      feature: 'Compare: versions of a model',
      route: seed =>
        `/compare-model-versions?name=${json('credit-risk-scoring')}` +
        `&runs=${json({ 1: seed.version[0], 2: seed.version[1] })}`,
      shows: /Comparing 2 Versions/
    }
  ],
  '/models': [
    {
      feature: 'Model registry',
      route: () => '/models',
      shows: /credit-risk-scoring/
    }
  ],
  '/models/:modelName': [
    {
      feature: 'Model registry',
      route: () => '/models/credit-risk-scoring',
      shows: /Version 2/
    }
  ],
  '/models/:modelName/versions/:version': [
    {
      feature: 'Model registry',
      route: () => '/models/credit-risk-scoring/versions/2',
      shows: /From run/
    }
  ],
  '/prompts': [
    {
      feature: 'Prompts',
      route: () => '/prompts',
      shows: /claims-letter/
    }
  ],
  '/prompts/:promptName': [
    {
      feature: 'Prompts',
      route: () => '/prompts/claims-letter',
      shows: /Say what happens next/
    }
  ],
  '/gateway': [
    { feature: 'AI gateway', route: () => '/gateway', shows: GATEWAY }
  ],
  '/gateway/usage': [
    { feature: 'AI gateway', route: () => '/gateway/usage', shows: GATEWAY }
  ],
  '/gateway/api-keys': [
    {
      feature: 'AI gateway',
      route: () => '/gateway/api-keys',
      shows: GATEWAY
    }
  ],
  '/gateway/budgets': [
    { feature: 'AI gateway', route: () => '/gateway/budgets', shows: GATEWAY }
  ],
  '/gateway/endpoints/create': [
    {
      feature: 'AI gateway',
      route: () => '/gateway/endpoints/create',
      shows: GATEWAY
    }
  ],
  '/mcp-registry': [
    {
      feature: 'MCP registry',
      route: () => '/mcp-registry',
      shows: /MCP Registry/
    }
  ],
  '/settings': [
    { feature: 'Settings', route: () => '/settings', shows: /Theme|telemetry/i }
  ],
  '/settings/:section': [
    {
      feature: 'Settings',
      route: () => '/settings/webhooks',
      shows: /Webhooks/
    }
  ]
};

/** Patterns without a page of their own to look at, with why. */
export const LEFT: Record<string, string> = {
  '/createModel': 'no page: the list of models opens a dialog instead',
  '/compare-experiments': 'no page: only with what is compared',
  '/experiments/:experimentId/:tabName': 'each tab has a pattern of its own',
  '/experiments/:experimentId/chat-sessions/:sessionId':
    'the same view as a trace; the sandbox has no chats',
  '/experiments/:experimentId/evaluation-runs/:runUuid':
    'needs issues found by a judge, which needs a paid language model',
  '/experiments/:experimentId/evaluation-runs/:runUuid/*':
    'needs issues found by a judge, which needs a paid language model',
  '/experiments/:experimentId/runs/:runUuid/artifactPath/*':
    'an old address that leads to the tab of artifacts',
  '/models/:modelName/:subpage': 'the same page as the model',
  '/models/:modelName/:subpage/:name': 'the same page as the version',
  '/gateway/endpoints/:endpointId':
    'needs an endpoint, which needs a key of a provider',
  '/mcp-registry/:serverName': 'needs a registered MCP server',
  '/account': 'only with logins of MLflow’s own',
  '/admin': 'only with logins of MLflow’s own',
  '/admin/roles/:roleId': 'only with logins of MLflow’s own',
  '/admin/users/:username': 'only with logins of MLflow’s own',
  '/admin/ws': 'only with workspaces of MLflow'
};

/** Calls of MLflow's page that fail by design; where, and why. */
export const REFUSED: {
  name: string;
  call: RegExp;
  status: number;
  why: string;
}[] = [
  {
    name: '.../mlflow/assistant/*',
    call: /^ajax-api\/\d\.0\/mlflow\/assistant(\/|$)/,
    status: 403,
    why: 'the assistant runs commands on the server; never passed on, and its buttons are hidden'
  },
  {
    name: '.../mlflow/gateway-proxy',
    call: /^ajax-api\/\d\.0\/mlflow\/gateway-proxy$/,
    status: 403,
    why: 'the proxy to language models spends money; never passed on'
  },
  {
    name: '.../mlflow/users/*',
    call: /^ajax-api\/\d\.0\/mlflow\/users\//,
    status: 404,
    why: 'a server without logins has no users; the same in a browser tab'
  },
  {
    name: '.../mlflow/experiments/get-by-name',
    call: /^ajax-api\/\d\.0\/mlflow\/experiments\/get-by-name$/,
    status: 404,
    why: 'asks whether the name of a new experiment is free; the same in a browser tab'
  }
];

/** Faults of MLflow's own pages: seen in a browser tab without the lab too. */
export const FAULTS: { versions: string[]; what: string; then: string }[] = [
  {
    versions: ['3.17.2', '3.10.1', '2.22.5'],
    what: 'going straight from an open artifact of a run to the artifacts of another run that were shown before',
    then: '“Something went wrong” instead of the page; reload the tab'
  }
];
