import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

import {
  FRAME_POLICY,
  frameDocument,
  NotMLflowError,
  parseIndex,
  rewriteScript
} from '../document';
import type { IBoot } from '../protocol';
import { READ_ONLY_STYLE, REFUSED_STYLE } from '../readOnly';
import { shimSource } from '../shim';

const SHIM = join(__dirname, '../shim');

const BOOT: IBoot = {
  nonce: 'abc',
  base: 'https://mlflow.invalid/',
  storage: { local: { k: '</script><script>alert(1)</script>' }, session: {} },
  storageLimit: 10,
  scripts: ['main.js'],
  styles: [],
  keystrokes: []
};

const INDEX = `<!doctype html><html lang="en"><head><title>A & <b></title>
  <base href="https://evil.example/"><script>window.ran = 1</script>
  <meta http-equiv="refresh" content="0;url=https://evil.example/">
  <link rel="manifest" href="m.json"><link rel="stylesheet" href="a.css">
  <script defer src="static-files/a.js"></script></head>
  <body onload="run()"><img src=x onerror="run()">
  <div id="root" class="c" onclick="run()"><script>run()</script></div>
  <div id="modal"></div></body></html>`;

describe('parseIndex', () => {
  it('takes the assets and the empty containers, nothing that runs', () => {
    expect(parseIndex(INDEX)).toEqual({
      scripts: ['static-files/a.js'],
      styles: ['a.css'],
      title: 'A & <b>',
      body: '<div id="root" class="c"></div><div id="modal" class=""></div>',
      lang: 'en'
    });
  });

  it.each([
    ['a login page', '<title>Sign in</title><form></form>', 'Sign in'],
    ['an empty page', '', 'no title']
  ])('refuses %s and says its title', (_, html, title) => {
    expect(() => parseIndex(html)).toThrow(NotMLflowError);
    expect(() => parseIndex(html)).toThrow(title);
  });
});

describe('styles of what is refused', () => {
  const hides = (sheet: string, mark: string) => {
    const html = frameDocument(parseIndex(INDEX), BOOT, sheet);
    const style = /<style>(.*?)<\/style>/.exec(html)?.[1] ?? '';
    const button = document.createElement('div');
    button.innerHTML = `<button ${mark}></button>`;
    const selectors = style.split('{')[0];
    return button.querySelector(selectors) !== null;
  };

  it.each([
    ['data-testid="runs-delete-button"', true],
    ['data-test-id="descriptionEditButton"', true],
    ['data-component-id="mlflow.home.experiments.create"', true],
    // MLflow writes some with capitals, and lines that may move.
    [
      'data-component-id="codegen_mlflow_app_src_model-registry_components_CreateModelButton.tsx_28"',
      true
    ],
    [
      'data-component-id="mlflow.experiment_list_view.compare_experiments_button"',
      false
    ],
    ['data-testid="overflow-menu-trigger"', false]
  ])('hide %s of what only reads: %s', (mark, hidden) => {
    expect(hides(READ_ONLY_STYLE, mark)).toBe(hidden);
  });

  it('take the assistant away, and nothing that writes', () => {
    expect(hides(REFUSED_STYLE, 'data-assistant-ui="true"')).toBe(true);
    expect(hides(REFUSED_STYLE, 'data-testid="runs-delete-button"')).toBe(
      false
    );
  });

  it('end with their element', () => {
    expect(READ_ONLY_STYLE + REFUSED_STYLE).not.toContain('<');
  });
});

describe('frameDocument', () => {
  const page = new DOMParser().parseFromString(
    frameDocument(parseIndex(INDEX), BOOT, ''),
    'text/html'
  );

  it('puts the policy before the only script', () => {
    const [meta] = page.querySelectorAll('meta[http-equiv]');
    expect(meta.getAttribute('content')).toBe(FRAME_POLICY);
    expect(page.querySelectorAll('meta[http-equiv]')).toHaveLength(1);
    expect(page.scripts).toHaveLength(1);
    expect(
      meta.compareDocumentPosition(page.scripts[0]) &
        Node.DOCUMENT_POSITION_FOLLOWING
    ).toBeTruthy();
    expect(page.querySelector('base, link, img, [onclick]')).toBeNull();
    expect(page.title).toBe('A & <b>');
  });

  it('is not broken out of by what MLflow stored', () => {
    expect(page.scripts[0].textContent).toContain('alert(1)');
    expect(page.body.textContent).not.toContain('alert(1)');
  });

  it('closes every way out in the policy', () => {
    expect(FRAME_POLICY).toContain("default-src 'none'");
    expect(FRAME_POLICY).toContain("form-action 'none'");
    expect(FRAME_POLICY).toContain("base-uri 'none'");
    expect(FRAME_POLICY).not.toMatch(/https?:|\*|'self'/);
  });
});

describe('shimSource', () => {
  it('is a script of its own: it parses and holds the boot data', () => {
    const source = shimSource(BOOT);
    expect(() => new Function(source)).not.toThrow();
    expect(source).not.toMatch(/<\/script|<!--/i);
  });

  it.each(readdirSync(SHIM).filter(name => name !== 'index.ts'))(
    'part %s imports types only, so that its text is whole',
    part => {
      const file = join(SHIM, part);
      const { statements } = ts.createSourceFile(
        file,
        readFileSync(file, 'utf8'),
        ts.ScriptTarget.ES2020
      );
      const values = statements.filter(
        statement =>
          !ts.isInterfaceDeclaration(statement) &&
          !(
            ts.isImportDeclaration(statement) &&
            statement.importClause?.isTypeOnly
          )
      );
      expect(values.map(({ kind }) => kind)).toEqual([
        ts.SyntaxKind.FunctionDeclaration
      ]);
    }
  );
});

describe('rewriteScript', () => {
  it('sends uses of window.location to the shim and leaves the rest', () => {
    expect(
      rewriteScript('window.location.assign(u);mywindow.location;e.location')
    ).toBe('window.__mlflowLocation.assign(u);mywindow.location;e.location');
  });
});
