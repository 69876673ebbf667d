/**
 * GitHub takes about 80 requests a minute and 500 an hour that create content, for each installation:
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 *
 * Every writing request counts here, because GitHub does not say which ones it counts. A few are left for what
 * was under way when two replicas looked at once.
 */
export const writesPerHour = 480;

/** From here on only what people have to know is shown: passing states get neither a label nor an edit of the status. */
const writesBeforeThrift = 100;

export const isThrifty = (writesInLastHour: number): boolean => writesInLastHour >= writesBeforeThrift;
