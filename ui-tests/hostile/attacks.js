/**
 * Attacks from within the frame, by name. Each returns what it got hold of; an
 * error is what we want. Runs in place of MLflow's main script.
 */
(() => {
  const lab = location.href
    .replace(/^blob:/, '')
    .split('/')
    .slice(0, 3)
    .join('/');
  const base = '/jupyterlab/default/';
  const until = (promise, ms = 3000) =>
    Promise.race([
      promise,
      new Promise((_, reject) =>
        setTimeout(() => reject(new Error('nothing happened')), ms)
      )
    ]);
  /** Longer than a click counts as one: what follows is no person's doing. */
  const alone = () => new Promise(resolve => setTimeout(resolve, 6000));
  const heard = () =>
    new Promise(resolve =>
      window.addEventListener('message', event => resolve(event.data), {
        once: true
      })
    );
  const within = code => {
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.srcdoc = `<script>(async () => {
      try { parent.postMessage({ got: await (${code})() }, '*'); }
      catch (error) { parent.postMessage({ error: String(error) }, '*'); }
    })()<\/script>`;
    const answer = heard();
    document.body.appendChild(frame);
    return until(answer);
  };
  const read = async response => {
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`HTTP ${response.status} ${text.slice(0, 80)}`);
    }
    return text.slice(0, 200);
  };
  const each = async (list, attempt) => {
    const results = {};
    for (const item of list) {
      try {
        results[item] = { got: await attempt(item) };
      } catch (error) {
        results[item] = { error: String(error) };
      }
    }
    return results;
  };

  const attacks = {
    /** The one thing that must work. */
    own: async () => read(await fetch('ajax-api/2.0/mlflow/ping')),
    markup: async () => ({
      inline: window.inlineRan,
      onload: window.onloadRan,
      onerror: window.onerrorRan,
      base: document.querySelector('base')?.href,
      refresh: document.querySelector('meta[http-equiv=refresh]')?.content
    }),
    contents: () =>
      each(
        [
          `${lab}${base}api/contents`,
          `${base}api/contents`,
          '../../api/contents',
          '../../../api/contents',
          '..%2f..%2f..%2fapi/contents',
          '%2e%2e/%2e%2e/%2e%2e/api/contents',
          '..\\..\\..\\api/contents',
          '//127.0.0.1/api/contents',
          '../other/ajax-api/2.0/mlflow/ping',
          '..;/api/contents',
          'x/../../../../api/contents',
          '%252e%252e/%252e%252e/api/contents',
          'redirect'
        ],
        async url => read(await fetch(url))
      ),
    /**
     * The lab's own port, caught from the shim: what a script can send when it
     * goes round every check inside the frame.
     */
    port: async () => {
      const send = MessagePort.prototype.postMessage;
      const port = await new Promise(resolve => {
        MessagePort.prototype.postMessage = function (...rest) {
          resolve(this);
          return send.apply(this, rest);
        };
        fetch('ajax-api/2.0/mlflow/ping').catch(() => undefined);
      });
      MessagePort.prototype.postMessage = send;
      // What is refused in silence is given up soon; what works may take its time.
      const ask = (url, more, ms = 1000) =>
        until(
          new Promise((resolve, reject) => {
            const id = Math.floor(1e6 + Math.random() * 1e9);
            const listen = ({ data }) => {
              if (data.id === id && data.kind === 'head') {
                resolve(`HTTP ${data.status}`);
              } else if (data.id === id && data.kind === 'fail') {
                reject(new Error(data.message));
              }
            };
            port.addEventListener('message', listen);
            const message = { kind: 'fetch', id, url, method: 'GET' };
            send.call(port, { ...message, headers: [], body: null, ...more });
          }),
          ms
        );
      return {
        urls: await each(
          [
            `${lab}${base}api/contents`,
            '../../api/contents',
            'x/../../../api/contents',
            '..%2f..%2fapi/contents',
            '%2e%2e/%2e%2e/api/contents',
            '..\\..\\api/contents',
            '//127.0.0.1/api/contents',
            '../mlflow/ajax-api/2.0/mlflow/ping',
            'a%00b',
            'a\nb',
            'file:///etc/passwd',
            'javascript:alert(1)',
            42
          ],
          url => ask(url)
        ),
        messages: await each(['method', 'header', 'body', 'id'], name =>
          ask(
            'ajax-api/2.0/mlflow/ping',
            {
              method: { method: 'TRACE' },
              header: { headers: [['cookie', 'a=b', 'c']] },
              body: { body: 'text' },
              id: { id: -1 }
            }[name]
          )
        ),
        headers: await ask(
          'ajax-api/2.0/mlflow/ping',
          {
            headers: [
              ['Cookie', 'stolen=1'],
              ['Authorization', 'Bearer stolen'],
              ['X-XSRFToken', 'stolen'],
              ['X-Amz-Date', 'stolen'],
              ['X-MLFLOW-WORKSPACE', 'allowed']
            ]
          },
          30000
        )
      };
    },
    parentDom: () =>
      each(
        ['document', 'fetch', 'jupyterapp', 'localStorage', 'open'],
        async name => String(window.parent[name])
      ),
    topDom: async () => String(window.top.document.title),
    cookies: async () => {
      const real = Object.getOwnPropertyDescriptor(
        Document.prototype,
        'cookie'
      );
      return `${document.cookie}${real.get.call(document)}`;
    },
    socket: () =>
      until(
        new Promise((resolve, reject) => {
          const socket = new WebSocket(
            `${lab.replace('http', 'ws')}${base}api/events/subscribe`
          );
          socket.onopen = () => resolve('open');
          socket.onerror = () => reject(new Error('refused'));
        })
      ),
    popup: () =>
      within(`async () => {
        const view = window.open('${lab}${base}lab', '_blank');
        if (!view) { throw new Error('refused'); }
        return 'opened';
      }`),
    top: async () => {
      window.top.location.href = 'about:blank#stolen';
      return 'assigned';
    },
    nested: () =>
      within(
        `() => fetch('${lab}${base}api/contents').then(answer => answer.text())`
      ),
    nestedSocket: () =>
      within(`() => new Promise((resolve, reject) => {
        const socket = new WebSocket('${lab.replace('http', 'ws')}${base}api/events/subscribe');
        socket.onopen = () => resolve('open');
        socket.onerror = () => reject(new Error('refused'));
      })`),
    nestedData: async () => {
      const frame = document.createElement('iframe');
      frame.src = `data:text/html,<script>fetch('${lab}${base}api/contents').then(a=>a.text()).then(t=>parent.postMessage({got:t},'*'),e=>parent.postMessage({error:String(e)},'*'))<\/script>`;
      const answer = heard();
      document.body.appendChild(frame);
      return until(answer);
    },
    worker: () =>
      until(
        new Promise((resolve, reject) => {
          const code = `fetch('${lab}${base}api/contents').then(a => a.text()).then(t => postMessage({ got: t }), e => postMessage({ error: String(e) }))`;
          const worker = new Worker(
            URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
          );
          worker.onmessage = event => resolve(event.data);
          worker.onerror = () => reject(new Error('refused'));
        })
      ),
    /** Past the shim's setters; the policy alone must hold. */
    subresources: () =>
      each(
        ['img', 'script', 'link', 'object', 'embed', 'video', 'iframe'],
        name =>
          until(
            new Promise((resolve, reject) => {
              const element = document.createElement(name);
              const attribute = { link: 'href', object: 'data' }[name] ?? 'src';
              document.addEventListener(
                'securitypolicyviolation',
                event =>
                  reject(new Error(`refused ${event.effectiveDirective}`)),
                { once: true }
              );
              element.onload = () => resolve('loaded');
              if (name === 'link') {
                element.rel = 'stylesheet';
              }
              element.setAttributeNS(
                null,
                attribute,
                `${lab}${base}api/contents?${name}`
              );
              document.body.appendChild(element);
            })
          )
      ),
    beacon: () =>
      within(`async () => {
        navigator.sendBeacon('${lab}${base}api/contents?beacon', 'x');
        await fetch('${lab}${base}api/contents?after-beacon');
      }`),
    form: async () => {
      const form = document.createElement('form');
      form.action = `${lab}${base}api/shutdown`;
      form.method = 'post';
      form.target = '_top';
      document.body.appendChild(form);
      form.submit();
      await new Promise(resolve => setTimeout(resolve, 500));
      return 'submitted';
    },
    forged: async () => {
      // Messages to the lab's window, with everything but the port.
      for (const message of [
        { kind: 'fetch', id: 1, url: 'ajax-api/2.0/mlflow/ping' },
        { nonce: 'guess' },
        { kind: 'open', url: 'https://evil.invalid/' }
      ]) {
        window.parent.postMessage(message, '*');
        window.top.postMessage(message, '*', [new MessageChannel().port2]);
      }
      return 'sent';
    },
    nestedForged: () =>
      within(`async () => {
        top.postMessage({ kind: 'open', url: 'https://evil.invalid/' }, '*');
        top.postMessage({ nonce: 'guess' }, '*', [new MessageChannel().port2]);
        return 'sent';
      }`),
    flood: async () => {
      for (let at = 0; at < 200000; at++) {
        document.title = `title ${at}`;
        history.replaceState(null, '', `#/flood/${at}`);
      }
      return 'sent';
    },
    topFlood: async () => {
      for (let at = 0; at < 20000; at++) {
        window.parent.postMessage({ at }, '*');
      }
      return 'sent';
    },
    dialogs: async () => {
      await alone();
      for (let at = 0; at < 5; at++) {
        window.open(`https://evil.invalid/${at}`);
      }
      return 'asked';
    },
    download: async () => {
      await alone();
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['<script>1</script>']));
      link.download = '../../.bashrc';
      link.click();
      return 'asked';
    },
    storage: async () => {
      let error = 'none';
      try {
        localStorage.setItem('big', 'x'.repeat(4 * 1024 * 1024));
      } catch (caught) {
        error = caught.name;
      }
      return error;
    },
    clipboard: async () => {
      await alone();
      await navigator.clipboard.writeText('stolen');
      return 'sent';
    },
    keys: async () => {
      await alone();
      for (const key of ['b', 'B']) {
        window.dispatchEvent(
          new KeyboardEvent('keydown', { key, ctrlKey: true, code: 'KeyB' })
        );
      }
      return 'sent';
    },
    leave: async () => {
      location.href = 'about:blank';
      return 'gone';
    },
    /** A page that shows itself and never ends loading. */
    phish: async () => {
      location.href = `${new URLSearchParams(location.hash.split('?')[1]).get('to')}/endless`;
      await new Promise(() => undefined);
    },
    /** The next click asks for a file by a query with dots in it. */
    escape: async () => {
      const link = document.createElement('a');
      link.id = 'press';
      link.textContent = 'press';
      link.download = 'a.txt';
      link.href = 'get-artifact?path=x/../../../../../../api/contents';
      document.body.appendChild(link);
      return 'ready';
    },
    /** Takes the keyboard a little later, when nobody has clicked here. */
    thief: async () => {
      const field = document.createElement('input');
      field.id = 'thief';
      document.body.appendChild(field);
      setInterval(() => field.focus(), 300);
      return 'waiting';
    },
    /** Holds open as many requests as it may. */
    starve: async () => {
      for (let at = 0; at < 40; at++) {
        fetch(`endless?${at}`).catch(() => undefined);
      }
      await new Promise(resolve => setTimeout(resolve, 500));
      return 'held';
    },
    busy: async () => {
      const from = Date.now();
      while (Date.now() < from + 3000) {
        // Nothing else runs in this page meanwhile.
      }
      return { from, to: Date.now() };
    }
  };

  const run = async () => {
    const name = location.hash.replace(/^#\/attack\//, '').split('?')[0];
    const root = document.getElementById('root');
    const attack = attacks[name];
    if (!attack) {
      root.innerHTML = '<pre id="idle">idle</pre>';
      return;
    }
    root.innerHTML = '<pre id="busy">busy</pre>';
    let outcome;
    try {
      outcome = { got: await attack() };
    } catch (error) {
      outcome = { error: String(error) };
    }
    const pre = document.createElement('pre');
    pre.id = 'outcome';
    pre.dataset.attack = name;
    pre.textContent = JSON.stringify(outcome);
    root.replaceChildren(pre);
    // Tells the test, which may not look into the page before.
    fetch(`ajax-api/2.0/mlflow/ping?done=${name}`).catch(() => undefined);
  };
  addEventListener('popstate', run);
  run();
})();
