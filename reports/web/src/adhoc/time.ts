// timeText is a time in milliseconds as people read it.
export function timeText(ms: number | string): string {
  const n = Number(ms);
  if (n < 0.95) return "< 1 ms";
  if (n < 999.5) return `${Math.round(n)} ms`;
  if (n < 59_950) return `${(n / 1000).toFixed(1)} s`;
  return `${Math.floor(n / 60_000)} min ${Math.round((n % 60_000) / 1000)} s`;
}
