/**
 * Identities that travel everywhere. Branded, so that a candidate's SHA cannot stand where a fix's id belongs.
 */
declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A full 40-digit object name, lower case. */
export type Sha = Brand<string, 'Sha'>;
/** The name of one fix, for instance `f-7-k3x9q2`. Safe in a ref, a branch and a workflow id. */
export type FixId = Brand<string, 'FixId'>;
/** GitHub's `X-GitHub-Delivery`. A redelivery carries the same one. */
export type DeliveryId = Brand<string, 'DeliveryId'>;

/** A repository as one installation of the App sees it. */
export interface RepositoryRef {
  readonly installationId: number;
  readonly owner: string;
  readonly name: string;
  /** GitHub's number of it, which no rename and no transfer changes; older rows lack it. */
  readonly id?: number | undefined;
}

export const fullName = (repository: Pick<RepositoryRef, 'owner' | 'name'>): string =>
  `${repository.owner}/${repository.name}`;

/** @throws {TypeError} when the text is no object name; that is always a bug or a hostile answer. */
export function asSha(text: string): Sha {
  if (!/^[0-9a-f]{40}$/.test(text))
    throw new TypeError(`not a full git object name: ${JSON.stringify(text.slice(0, 60))}`);
  return text as Sha;
}
