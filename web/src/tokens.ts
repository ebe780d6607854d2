// Colours and fonts come from the stylesheet's tokens, so that charts follow the theme.

export interface Tokens {
  paper: string;
  ink: string;
  inkSoft: string;
  line: string;
  river: string;
  seal: string;
  riverTint: string;
  scale: string[];
  series: string[];
  font: string;
}

export function readTokens(): Tokens {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    font: getComputedStyle(document.body).fontFamily,
    ink: read("--ink"),
    inkSoft: read("--ink-soft"),
    line: read("--line"),
    paper: read("--paper"),
    river: read("--river"),
    riverTint: read("--river-tint"),
    scale: [1, 2, 3, 4, 5].map((step) => read(`--scale-${step}`)),
    seal: read("--seal"),
    series: [1, 2, 3, 4].map((step) => read(`--series-${step}`)),
  };
}
