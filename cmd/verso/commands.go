package main

import "github.com/spf13/cobra"

// commands are the subcommands in the order of the help.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.demoCommand(),
		a.initCommand(),
		a.refreshCommand(),
		a.serveCommand(),
		a.nightCommand(),
		a.digestCommand(),
		a.alertCommand(),
		a.statusCommand(),
		a.queryCommand(),
		a.cubesCommand(),
		a.whyCommand(),
		a.anomaliesCommand(),
		a.modelsCommand(),
		a.questionsCommand(),
		a.customerCommand(),
		a.recommendCommand(),
		a.campaignCommand(),
		a.sqlCommand(),
		a.mcpCommand(),
		a.accessCommand(),
		a.siteCommand(),
		a.wordsCommand(),
		a.checkCommand(),
		a.duplicatesCommand(),
		a.doctorCommand(),
		a.canonCommand(),
		a.rollupCommand(),
		a.lineageCommand(),
		a.diffCommand(),
		a.backupCommand(),
		a.restoreCommand(),
		a.evaluateCommand(),
		a.benchCommand(),
		a.evaluateCommand(),
		a.versionCommand(),
	}
}
