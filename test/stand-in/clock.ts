/** GitHub tells times to the second, so what happens within one second cannot be put in order by its times. */
export const now = (): string => toSeconds(Date.now());

export const toSeconds = (time: number | string): string => new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
