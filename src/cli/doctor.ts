import { type Command, exits } from './command.ts';
export const doctorCommand: Command = { name: 'doctor', summary: 'x', help: '', run: async () => exits.good };
