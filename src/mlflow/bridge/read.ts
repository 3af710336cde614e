/** Reading what a server sent without trusting its size. */

/** An answer that is larger than anything of MLflow's. */
export class TooLargeError extends Error {
  constructor(limit: number) {
    super(`The answer is larger than ${limit} bytes.`);
    this.name = 'TooLargeError';
  }
}

/**
 * The whole body, unless it is too large: the lab's page must survive a server
 * that never stops sending, or sends megabytes that unpack to gigabytes.
 *
 * @param limit bytes, after decompression
 * @throws TooLargeError
 */
export async function readBlob(
  response: Response,
  limit: number
): Promise<Blob> {
  const parts: BlobPart[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    size += value.byteLength;
    if (size > limit) {
      void reader.cancel().catch(() => undefined);
      throw new TooLargeError(limit);
    }
    parts.push(value);
  }
  return new Blob(parts);
}
