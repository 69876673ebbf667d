/** Moments and durations as people read them. GitHub shows no local times in comments, so moments are UTC. */

export const sayMoment = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');

/** The two largest units that matter: `3 d 4 h`, `12 min`, `40 s`. */
export function sayDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
