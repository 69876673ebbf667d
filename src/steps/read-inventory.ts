import type { Failure } from '../domain/failure.ts';
import type { RepositoryRef } from '../domain/ids.ts';
import { type Inventory, type TestCase, type TestReport, takeReport } from '../domain/inventory.ts';
import type { Ports } from '../ports/ports.ts';
import type { Artifact } from '../ports/sandbox.ts';
import { readReport } from './read-report.ts';

const artifactName = (check: string): string => `junit-${check}`;

const limits = { maxDownloadBytes: 20 * 1024 * 1024, maxEntries: 500, maxTextBytes: 64 * 1024 * 1024 };
const maxCases = 100_000;

/** Why the reports of a check were not read, in a person's words. */
export interface InventoryFault {
  readonly fault: string;
}

/**
 * What ran in each check of a finished run, by the JUnit XML that the workflow kept as the artifact `junit-<check>`. A
 * check that kept none has no key.
 *
 * @throws {ForgeError}
 */
export async function readInventories(
  ports: Pick<Ports, 'sandbox'>,
  repository: RepositoryRef,
  runId: number,
  checks: readonly string[],
): Promise<Readonly<Record<string, Inventory | InventoryFault>>> {
  const found = Object.entries(await readReports(ports, repository, runId, checks));
  return Object.fromEntries(found.map(([check, one]) => [check, 'fault' in one ? one : one.inventory]));
}

/** The same with why tests failed. @throws {ForgeError} */
export async function readReports(
  { sandbox }: Pick<Ports, 'sandbox'>,
  repository: RepositoryRef,
  runId: number,
  checks: readonly string[],
): Promise<Readonly<Record<string, TestReport | InventoryFault>>> {
  const found: [string, TestReport | InventoryFault][] = [];
  for (const { check, artifact } of await artifactsOf(sandbox, repository, runId, checks))
    found.push([check, await reportOf(artifact)]);
  return Object.fromEntries(found);
}

/**
 * What failed in each check of a finished run, by the same reports. They help whoever mends it and decide nothing, so
 * what cannot be read is left out.
 *
 * @throws {ForgeError}
 */
export async function readReportedFailures(
  { sandbox }: Pick<Ports, 'sandbox'>,
  repository: RepositoryRef,
  runId: number,
  checks: readonly string[],
): Promise<ReadonlyMap<string, readonly Failure[]>> {
  const found = new Map<string, readonly Failure[]>();
  for (const { check, artifact } of await artifactsOf(sandbox, repository, runId, checks)) {
    const failures: Failure[] = [];
    for (const { path, text } of artifact.files) {
      await turnOfOthers();
      const reading = readReport(path, text);
      if (reading.ok) failures.push(...reading.failures);
    }
    found.set(check, failures.slice(0, maxFailures));
  }
  return found;
}

const maxFailures = 200;

async function artifactsOf(
  sandbox: Ports['sandbox'],
  repository: RepositoryRef,
  runId: number,
  checks: readonly string[],
): Promise<readonly { readonly check: string; readonly artifact: Artifact }[]> {
  const checkOf = new Map(checks.map((check) => [artifactName(check), check]));
  const wanted = (name: string) => checkOf.has(name);
  const artifacts = await sandbox.artifacts(repository, runId, { ...limits, wanted });
  return artifacts.flatMap((artifact) => {
    const check = checkOf.get(artifact.name);
    return check === undefined ? [] : [{ check, artifact }];
  });
}

/** Reading one report holds the process; between two, others have their turn. */
const turnOfOthers = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function reportOf({ files, fault }: Artifact): Promise<TestReport | InventoryFault> {
  if (fault !== null) return { fault };
  const cases: TestCase[] = [];
  let reports = 0;
  for (const { path, text } of files) {
    await turnOfOthers();
    const reading = readReport(path, text);
    if (!reading.ok && reading.isForeign) continue;
    if (!reading.ok) return { fault: `${shown(path)}: ${reading.reason}` };
    reports += 1;
    if (cases.length + reading.cases.length > maxCases)
      return { fault: `more than ${maxCases.toLocaleString('en-US')} test cases` };
    for (const testCase of reading.cases) cases.push(testCase);
  }
  return reports === 0 ? { fault: 'no JUnit report' } : takeReport(cases);
}

/** A path out of the archive is text of the code under test. */
const shown = (path: string): string => path.slice(0, 100).replaceAll(/[^\w./ -]/g, '?');
