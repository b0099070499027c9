// widthOf is the room that a text takes, Chinese characters twice.
export function widthOf(text: string): number {
  let n = 0;
  for (const ch of text) n += ch.charCodeAt(0) >= 0x2e80 ? 14 : /[\dA-Z%–]/.test(ch) ? 8.3 : /[,.\s]/.test(ch) ? 4.2 : 7.3;
  return Math.ceil(n);
}
