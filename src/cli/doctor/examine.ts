import { credentialsCheck, installationsCheck, registrationCheck } from './app-checks.ts';
import { databaseCheck } from './database-check.ts';
import { type Finding, warn } from './finding.ts';
import { dataFolderCheck, gitCheck, processCheck } from './host-checks.ts';
import { modelRequestsCheck, rosterCheck } from './model-checks.ts';
import { type Check, type Patient, runCheck } from './patient.ts';
import { repositoryCheck } from './repository-checks.ts';
import { deliveriesCheck, webhookCheck } from './webhook-check.ts';

const ofThisHost: readonly Check[] = [gitCheck, dataFolderCheck, databaseCheck, processCheck];
const ofGitHub: readonly Check[] = [registrationCheck, installationsCheck, webhookCheck, deliveriesCheck];
const ofModels: readonly Check[] = [rosterCheck, modelRequestsCheck];

/** Looks at everything, in an order that reads from the ground up. Changes nothing anywhere. */
export async function examine(patient: Patient, tell: (finding: Finding) => void): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const runAll = async (checks: readonly Check[]): Promise<readonly Finding[]> => {
    // Side by side, told in order.
    const found = (await Promise.all(checks.map((check) => runCheck(check, patient)))).flat();
    for (const finding of found) tell(finding);
    findings.push(...found);
    return found;
  };
  await runAll(ofThisHost);
  const credentials = await runAll([credentialsCheck]);
  const isKnown = credentials.some(({ check, level }) => check === credentialsCheck.name && level === 'ok');
  if (isKnown) await runAll([...ofGitHub, repositoryCheck]);
  else {
    const unasked = warn('GitHub', 'nothing else was asked of it', 'Mend the credentials first.');
    tell(unasked);
    findings.push(unasked);
  }
  await runAll(ofModels);
  return findings;
}
