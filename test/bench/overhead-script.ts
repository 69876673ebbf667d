import type { ModelScript, ScriptedReply } from '../stand-in/model-script.ts';

/** The script with the debugger's corrections already in the coder's first patch: one attempt, one validation run. */
export function rightFirstTime(script: ModelScript): ModelScript {
  const coder = script.coder?.[0];
  const correction = script.debugger?.[0];
  if (coder === undefined || correction === undefined) throw new Error('the script has no coder or no debugger');
  return { ...script, coder: [[...coder.flatMap(withoutFinish), ...correction]] };
}

function withoutFinish(reply: ScriptedReply): ScriptedReply[] {
  const tools = reply.tools?.filter(({ name }) => name !== 'finish');
  if (tools === undefined) return [reply];
  return tools.length === 0 ? [] : [{ ...reply, tools }];
}
