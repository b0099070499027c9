// Numbers as the server gives them, digit by digit: never through a float.

export type Exact = { digits: bigint; scale: number }; // digits / 10^scale

const pattern = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

export function exact(text: string): Exact | undefined {
  const m = pattern.exec(text);
  if (!m) return undefined;
  const fraction = m[3] ?? "";
  let digits = BigInt(m[2] + fraction);
  let scale = fraction.length - Number(m[4] ?? 0);
  if (scale < 0) {
    digits *= 10n ** BigInt(-scale);
    scale = 0;
  }
  return { digits: m[1] ? -digits : digits, scale };
}

// rounded writes a number with so many decimals, half away from zero, with the
// thousands set apart.
export function rounded(n: Exact, decimals: number): string {
  let size = n.digits < 0n ? -n.digits : n.digits;
  const drop = n.scale - decimals;
  if (drop > 0) {
    const unit = 10n ** BigInt(drop);
    size = (size + unit / 2n) / unit;
  } else {
    size *= 10n ** BigInt(-drop);
  }
  const sign = n.digits < 0n && size !== 0n ? "−" : "";
  const text = size.toString().padStart(decimals + 1, "0");
  const whole = text.slice(0, text.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  return sign + whole + (decimals ? "." + text.slice(text.length - decimals) : "");
}

// apart writes all digits of a number, with the thousands set apart.
export function apart(text: string): string {
  const n = exact(text);
  return n ? apartOf(n) : text;
}

export function apartOf(n: Exact): string {
  let { digits, scale } = n;
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale--;
  }
  return rounded({ digits, scale }, scale);
}

const decimals: Record<string, number> = { money: 2, ratio: 2, decimal: 2, percent: 1, points: 1, hours: 1, integer: 0, days: 0 };

// shown is a value as people read it in a column: as the command line shows it.
export function shown(text: string, format: string, digits = 0): string {
  const known = decimals[format];
  const n = known === undefined ? undefined : exact(text);
  if (!n) return text;
  const places = digits > 0 ? digits : known;
  if (format === "percent") return rounded({ digits: n.digits * 100n, scale: n.scale }, places) + "%";
  if (format === "points") return rounded({ digits: n.digits * 100n, scale: n.scale }, places) + " pp";
  return rounded(n, places);
}

const literal = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

// parse reads JSON in which numbers that a float may not hold become texts with
// the same digits.
export function parse(json: string): unknown {
  return JSON.parse(json.replace(literal, (m) => (m[0] === '"' || /^-?\d{1,15}$/.test(m) ? m : `"${m}"`)));
}
