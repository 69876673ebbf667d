/** Prints rows under a title, the first column to the left, numbers to the right. */
export function printTable(title: string, header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((cell, column) =>
    Math.max(...[header, ...rows].map((row) => (row[column] ?? cell).length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  const ruler = '-'.repeat(line(header).length);
  process.stdout.write(`\n${[title, '', line(header), ruler, ...rows.map(line)].join('\n')}\n`);
}

export const say = (text: string): void => void process.stdout.write(`${text}\n`);

export const ms = (value: number): string => (Number.isNaN(value) ? '-' : `${value.toFixed(value < 100 ? 1 : 0)} ms`);
export const seconds = (valueMs: number): string => (Number.isNaN(valueMs) ? '-' : `${(valueMs / 1000).toFixed(2)} s`);
export const ratio = (value: number): string => (Number.isNaN(value) ? '-' : `${value.toFixed(2)}x`);
