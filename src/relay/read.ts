/** Reading what a server sent without trusting its size. */

/** An answer that is larger than anything of MLflow's. */
export class TooLargeError extends Error {
  constructor(limit: number) {
    super(`The answer is larger than ${limit} bytes.`);
    this.name = 'TooLargeError';
  }
}

/**
 * The bytes of a body as they come, unless it is too large: the lab's page must
 * survive a server that never stops sending, or sends megabytes that unpack to
 * gigabytes.
 *
 * @param limit bytes, after decompression
 * @throws TooLargeError
 */
export async function* eachPart(
  response: Response,
  limit: number
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let size = 0;
  const reader = response.body?.getReader();
  try {
    while (reader) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      size += value.byteLength;
      if (size > limit) {
        throw new TooLargeError(limit);
      }
      yield value;
    }
  } finally {
    // Whoever stops early wants no more; of one that ended this says nothing.
    void reader?.cancel().catch(() => undefined);
  }
}

/**
 * All of them.
 *
 * @throws TooLargeError
 */
export async function readParts(
  response: Response,
  limit: number
): Promise<Uint8Array<ArrayBuffer>[]> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of eachPart(response, limit)) {
    parts.push(part);
  }
  return parts;
}

/**
 * The same as text (UTF-8).
 *
 * @throws TooLargeError
 */
export async function readText(
  response: Response,
  limit: number
): Promise<string> {
  return decode(await readParts(response, limit));
}

/** Text (UTF-8) of a body's parts. */
export function decode(parts: Uint8Array[]): string {
  const decoder = new TextDecoder();
  const text = parts.map(part => decoder.decode(part, { stream: true }));
  return text.join('') + decoder.decode();
}
