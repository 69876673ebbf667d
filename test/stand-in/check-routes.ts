import type { Actions } from './actions.ts';
import { asObject } from './json.ts';
import { outsideAnnotations, outsideChecksOf } from './outside-checks.ts';
import { resolveCommit } from './repository.ts';
import { annotationsJson, checkRunJson } from './run-json.ts';
import { findJob, runsHere } from './run-lookup.ts';
import { type Routes, refuse } from './site.ts';

/** Check runs are emulate's, and beside them every job of a run. */
export function checkRoutes(actions: Actions): Routes {
  return {
    'checks/get': async (call) => {
      const asked = findJob(actions, call, call.parameters.check_run_id);
      if (asked === undefined) return call.forward();
      return { status: 200, body: checkRunJson(call.site, asked.run, asked.job) };
    },
    'checks/list-annotations': async (call) => {
      const asked = findJob(actions, call, call.parameters.check_run_id);
      const outside = outsideAnnotations(call.site, Number(call.parameters.check_run_id));
      if (outside !== null) return { status: 200, body: outside };
      if (asked !== undefined) return { status: 200, body: annotationsJson(call.site, asked.run, asked.job) };
      const answer = await call.forward();
      // emulate wraps the list as GitHub does not.
      return { ...answer, body: asObject(answer.body).check_annotations ?? answer.body ?? [] };
    },
    'checks/list-for-ref': async (call) => {
      const sha = await resolveCommit(call.repository.folder, call.parameters.ref ?? '');
      if (sha === null) return refuse(422, `No commit found for SHA: ${call.parameters.ref}`);
      const answer = await call.forward({
        path: `/repos/${call.repository.fullName}/commits/${sha}/check-runs?${call.query}`,
      });
      const theirs = asObject(answer.body).check_runs;
      const name = call.query.get('check_name');
      // `latest` leaves out what earlier attempts of a run said.
      const isAll = call.query.get('filter') === 'all';
      const ours = runsHere(actions, call)
        .filter((run) => run.sha === sha)
        .flatMap((run) =>
          [...(isAll ? run.earlierJobs : []), ...run.jobs].map((job) => checkRunJson(call.site, run, job)),
        );
      const others = outsideChecksOf(call.site, call.repository, sha);
      const named = [...ours, ...others].filter((check) => name === null || check.name === name);
      const check_runs = [...(Array.isArray(theirs) ? theirs : []), ...named];
      return { status: 200, body: { total_count: check_runs.length, check_runs } };
    },
  };
}
