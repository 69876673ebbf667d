import { readArguments } from './arguments.ts';
import { type Command, exits } from './command.ts';
import { tellModels } from './models/tell.ts';
import { loadDotEnv } from './settings.ts';

const kinds = { all: 'boolean', json: 'boolean', ask: 'boolean' } as const;
const mostNamed = 50;

export const modelsCommand: Command = {
  help: `Usage: ai-fix models [provider/model]… [--all] [--ask] [--json]

Shows the providers that are set up here and those that are not, whom each role asks, and context and prices of these
models. It reads the environment and .env, and asks nobody. Named models are shown in place of the roster.

  --all    also lists all models that the price registry knows of these providers, and what the others need
  --ask    asks each model one word, and says how long it took; what it may cost is said first
  --json   prints the same as JSON

Exit code: 0, 1 when a model that was asked does not answer, 78 when settings are wrong or no model can be asked.`,
  run: async (args, terminal) => {
    const { options, operands, wantsHelp } = readArguments(args, kinds, mostNamed);
    if (wantsHelp) {
      terminal.say(modelsCommand.help);
      return exits.good;
    }
    loadDotEnv();
    const order = {
      named: operands,
      withRegistry: options.all === true,
      asks: options.ask === true,
      isJson: options.json === true,
    };
    return tellModels(order, process.env, terminal);
  },
};
