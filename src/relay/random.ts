/** 32 random hexadecimal digits: a `ClientToken` of AWS, a nonce of a frame. */
export function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
