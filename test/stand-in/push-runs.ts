import type { Actions } from './actions.ts';
import { isObject, type Json } from './json.ts';
import { readObject } from './object-reader.ts';
import type { Push } from './repository.ts';
import { parseWorkflow } from './workflow-file.ts';

/** Starts the workflows of the pushed commit that ask for `push`, where the repository's switch says so. */
export async function startPushRuns(actions: Actions, { repository, ref, sha, actor }: Push): Promise<void> {
  const { pushesRun } = repository.switches;
  if (pushesRun === 'none' || (pushesRun === 'branches' && !ref.startsWith('refs/heads/'))) return;
  for (const workflow of await actions.workflows(repository)) {
    const text = (await readObject(repository.folder, `${sha}:${workflow.path}`))?.bytes ?? null;
    if (text === null) continue;
    const definition = parseWorkflow(text.toString());
    if (!startsOnPush(definition.on)) continue;
    const branch = ref.replace(/^refs\/(?:heads\/)?/, '');
    await actions.start({
      repository,
      workflow,
      definition,
      branch,
      sha,
      forkId: null,
      event: 'push',
      inputs: {},
      actor,
    });
  }
}

/** Filters are not read: no test pushes what they would leave out. */
const startsOnPush = (on: Json): boolean =>
  isObject(on) ? 'push' in on : Array.isArray(on) ? on.includes('push') : on === 'push';
