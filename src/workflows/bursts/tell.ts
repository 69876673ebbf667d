import type { Fix } from '../../domain/fix-facts.ts';
import { threadOf } from '../../domain/fix-facts.ts';
import type { Ports } from '../../ports/ports.ts';
import { planText } from '../../steps/prompt-context.ts';
import { tellPeople } from '../../steps/tell-people.ts';
import { wordsOnlyText } from '../../thread/checks-text.ts';
import type { RunBurst } from '../burst.ts';
import { attemptOf, groundOf } from './facts.ts';

const maxDiffBytes = 40_000;

/** The patch goes to people as it is, because nothing may be pushed: unvalidated, and said to be. */
export const tell: RunBurst = async ({ fix, ports, step }) => {
  await step('tell the patch', () => tellPatch(ports, fix));
  return { type: 'told', reason: 'plan and patch were told; nothing was pushed' };
};

async function tellPatch(ports: Ports, fix: Fix): Promise<void> {
  const { base, tip } = groundOf(fix);
  const { overlay, summary } = await attemptOf(ports, fix);
  const { tree } = await ports.workspace.build(fix.repository, base, overlay, tip);
  const diff = await ports.workspace.diff(fix.repository, base, tree, maxDiffBytes);
  const text = wordsOnlyText({
    because: fix.wordsBecause ?? '',
    summary: summary?.summary ?? '',
    notDone: summary?.notDone ?? null,
    diff: diff.text,
    isCut: diff.isCut,
    plan: threadOf(fix) === null ? planText(await ports.documents.list(fix.id)) : '',
  });
  await tellPeople(ports, fix, { key: 'patch', title: 'A patch to take over by hand', text });
}
