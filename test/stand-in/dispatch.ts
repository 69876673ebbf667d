import type { JsonObject } from './json.ts';
import { readObject } from './object-reader.ts';
import { type Repository, resolveCommit } from './repository.ts';
import type { Workflow, WorkflowRun } from './run-records.ts';
import { type Answer, refuse } from './site.ts';
import { checkInputs, dispatchInputs, parseWorkflow, type WorkflowDefinition } from './workflow-file.ts';

export interface DispatchOrder {
  readonly repository: Repository;
  /** Id or file name. */
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: JsonObject;
  readonly wantsDetails: boolean;
  readonly actor: string;
}

export interface StartOrder {
  readonly repository: Repository;
  readonly workflow: Workflow;
  readonly definition: WorkflowDefinition;
  readonly branch: string;
  readonly sha: string;
  /** Of the fork that the commit lies in; null of the repository itself. */
  readonly forkId: number | null;
  readonly event: string;
  readonly inputs: JsonObject;
  readonly actor: string;
}

export interface DispatchSurroundings {
  readonly url: string;
  readonly supportsRunDetails: boolean;
  start(order: StartOrder): Promise<WorkflowRun>;
}

/** GitHub looks for the workflow on the default branch, then takes its file from the dispatched ref. */
export async function dispatch(
  { url, supportsRunDetails, start }: DispatchSurroundings,
  order: DispatchOrder,
  workflow: Workflow,
): Promise<Answer> {
  const { repository, actor } = order;
  if (order.wantsDetails && !supportsRunDetails) {
    return refuse(422, 'Invalid request.\n\n"return_run_details" is not a permitted key.');
  }
  const branch = order.ref.replace(/^refs\/heads\//, '');
  const sha = await resolveCommit(repository.folder, `refs/heads/${branch}`);
  if (sha === null) return refuse(422, `No ref found for: ${order.ref}`);
  const text = (await readObject(repository.folder, `${sha}:${workflow.path}`))?.bytes ?? null;
  let definition: WorkflowDefinition | null;
  try {
    definition = text === null ? null : parseWorkflow(text.toString());
  } catch (error) {
    return refuse(422, `failed to parse workflow: ${error instanceof Error ? error.message : String(error)}`);
  }
  const declared = definition === null ? null : dispatchInputs(definition);
  if (definition === null || declared === null) {
    return refuse(422, "Workflow does not have 'workflow_dispatch' trigger");
  }
  const checked = checkInputs(declared, order.inputs);
  if (checked.kind === 'refused') return refuse(422, checked.message);
  const { inputs } = checked;
  const event = 'workflow_dispatch';
  const run = await start({ repository, workflow, definition, branch, sha, forkId: null, event, inputs, actor });
  if (!order.wantsDetails) return { status: 204 };
  const run_url = `${url}/repos/${repository.fullName}/actions/runs/${run.id}`;
  const html_url = `${url}/${repository.fullName}/actions/runs/${run.id}`;
  return { status: 200, body: { workflow_run_id: run.id, run_url, html_url } };
}
