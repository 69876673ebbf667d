import type { GitHub } from '../stand-in/github.ts';
import { asObject, asText } from '../stand-in/json.ts';

/**
 * What the App wrote through GitHub's API as an installation, one line for each request, in order. Making a token is no
 * writing, a question to GraphQL neither, and a push by git is not counted by GitHub here.
 */
export const contentWrites = ({ journal }: GitHub): readonly string[] =>
  journal.entries
    .filter(({ by, method, operationId }) => by === 'installation' && method !== 'GET' && !isGit(operationId))
    .filter(({ path, requestBody }) => path !== '/graphql' || isMutation(asText(asObject(requestBody ?? null).query)))
    .map(({ method, path }) => `${method} ${path}`);

const isGit = (operationId: string | null): boolean => operationId === 'git-push' || operationId === 'git-fetch';
const isMutation = (query: string): boolean => /^\s*mutation\b/.test(query);
