package main

import (
	"embed"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/etl/ledger"
	"verso/etl/night"
	"verso/etl/schedule"
)

// units are the unit files and the example of the configuration.
//
//go:embed systemd
var units embed.FS

func (a *app) nightCommand() *cobra.Command {
	var systemd, cron, example bool
	cmd := &cobra.Command{
		Use:   "night",
		Short: "Show the schedule, and print what systemd or cron needs for it",
		Long: `night shows when the warehouse is refreshed next and whether the last time was
kept. --systemd prints unit files for this binary and configuration: a service
that keeps verso serve running with its own schedule, or, in its place, a timer
that runs verso refresh. --cron prints the line for a crontab. Use one of the
three, not two: the warehouse lock would turn one of them away. --example prints
the keys of the configuration that are about the night, with what each means.`,
		Example: `  verso night
  verso night --systemd
  verso night --cron
  verso night --example`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if example {
				text, err := units.ReadFile("systemd/night.yaml")
				if err == nil {
					_, err = a.stdout.Write(text)
				}
				return err
			}
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			if systemd && cron {
				return usagef(cmd.CommandPath(), "--systemd or --cron, not both")
			}
			switch text := cfg.Night.Schedule; {
			case systemd:
				return a.printUnits(cfg)
			case cron:
				return a.printCron(cfg)
			case text == "":
				_, err = fmt.Fprintf(a.stdout, "nothing is scheduled: add night: {schedule: \"0 2 * * *\", timezone: Asia/Shanghai} to %s\n", cfg.File)
				return err
			}
			return a.printNight(cfg)
		},
	}
	cmd.Flags().BoolVar(&systemd, "systemd", false, "print unit files for systemd")
	cmd.Flags().BoolVar(&cron, "cron", false, "print a line for a crontab")
	cmd.Flags().BoolVar(&example, "example", false, "print a commented example of the configuration")
	return cmd
}

// printNight shows the last and the next times of the schedule.
func (a *app) printNight(cfg *config.Config) error {
	table, err := schedule.Parse(cfg.Night.Schedule, cfg.Night.Timezone)
	if err != nil {
		return err
	}
	runs, err := ledger.Read(cfg.Warehouse)
	if err != nil {
		return err
	}
	const shape = "2006-01-02 15:04 -07:00 Monday"
	due := table.Last(a.now())
	kept := "kept"
	if !night.Covered(runs, due) {
		kept = "missed"
		if cfg.Night.CatchUp {
			kept = "missed; verso serve catches it up when it starts"
		}
	}
	fmt.Fprintf(a.stdout, "schedule %s\n\nlast  %s  %s\n", table, due.Format(shape), kept)
	for next, n := table.Next(a.now()), 0; n < 3 && !next.IsZero(); next, n = table.Next(next), n+1 {
		fmt.Fprintf(a.stdout, "next  %s\n", next.Format(shape))
	}
	return nil
}

// place is where this verso and its configuration are.
type place struct {
	verso, config, folder, warehouse, site, user string
}

func (a *app) place(cfg *config.Config) (place, error) {
	self, err := os.Executable()
	if err != nil {
		return place{}, err
	}
	p := place{verso: self, config: cfg.File, folder: filepath.Dir(cfg.File), warehouse: cfg.Warehouse, site: cfg.Site, user: "verso"}
	if u, err := user.Current(); err == nil && u.Uid != "0" {
		p.user = u.Username
	}
	return p, nil
}

// printUnits prints the unit files, each under its name.
func (a *app) printUnits(cfg *config.Config) error {
	p, err := a.place(cfg)
	if err != nil {
		return err
	}
	calendar, err := onCalendar(cfg.Night)
	if err != nil {
		return &configError{fmt.Errorf("%s: %w", cfg.File, err)}
	}
	grace := int((cfg.Night.Grace + refreshEnd + 30*time.Second).Seconds())
	fill := strings.NewReplacer("{{verso}}", quoted(p.verso), "{{config}}", quoted(p.config), "{{folder}}", quoted(p.folder), "{{site-parent}}", quoted(filepath.Dir(p.site)),
		"{{warehouse}}", quoted(p.warehouse), "{{user}}", p.user, "{{calendar}}", calendar, "{{stop}}", strconv.Itoa(grace))
	for _, name := range []string{"verso-serve.service", "verso-refresh.service", "verso-refresh.timer"} {
		text, err := units.ReadFile("systemd/" + name)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(a.stdout, "# /etc/systemd/system/%s\n%s\n", name, fill.Replace(string(text))); err != nil {
			return err
		}
	}
	return nil
}

// quoted is a path as one word of a unit file.
func quoted(path string) string {
	path = strings.ReplaceAll(path, "%", "%%")
	if strings.ContainsAny(path, " \t\"'\\") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + `"`
	}
	return path
}

// onCalendar writes a schedule the way systemd does, where it is of the simple
// kind: a minute, an hour, and days of the week.
func onCalendar(n config.Night) (string, error) {
	text := n.Schedule
	if text == "" {
		text = "0 2 * * *"
	}
	fields := strings.Fields(text)
	const hint = "systemd's timer cannot be written from the schedule %q: keep verso serve running instead, or write OnCalendar= yourself"
	if len(fields) != 5 || fields[2] != "*" || fields[3] != "*" {
		return "", fmt.Errorf(hint, text)
	}
	minute, minuteErr := strconv.Atoi(fields[0])
	hour, hourErr := strconv.Atoi(fields[1])
	if minuteErr != nil || hourErr != nil {
		return "", fmt.Errorf(hint, text)
	}
	days := ""
	if fields[4] != "*" {
		names := strings.NewReplacer("0", "Sun", "1", "Mon", "2", "Tue", "3", "Wed", "4", "Thu", "5", "Fri", "6", "Sat", "7", "Sun", "-", "..")
		if strings.ContainsAny(fields[4], "/*") {
			return "", fmt.Errorf(hint, text)
		}
		days = names.Replace(fields[4]) + " "
	}
	return fmt.Sprintf("%s*-*-* %02d:%02d:00 %s", days, hour, minute, n.Timezone), nil
}

// printCron prints the line for a crontab.
func (a *app) printCron(cfg *config.Config) error {
	p, err := a.place(cfg)
	if err != nil {
		return err
	}
	text := cfg.Night.Schedule
	if text == "" {
		text = "0 2 * * *"
	}
	word := func(path string) string { return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'" }
	// A percent sign ends a crontab's line.
	call := strings.ReplaceAll(fmt.Sprintf("%s refresh -c %s && %s digest -c %s", word(p.verso), word(p.config), word(p.verso), word(p.config)), "%", `\%`)
	if len(cfg.Digest.Readers) == 0 {
		call = strings.ReplaceAll(fmt.Sprintf("%s refresh -c %s", word(p.verso), word(p.config)), "%", `\%`)
	}
	_, err = fmt.Fprintf(a.stdout, `# Times are those of CRON_TZ where cron knows it (cronie), else of the machine.
# Passwords that the configuration names stand here as variables, or in files.
CRON_TZ=%s
%s %s
# A night on which nothing ran at all is told by:
17 * * * * %s alert -c %s
`, cfg.Night.Timezone, text, call, strings.ReplaceAll(word(p.verso), "%", `\%`), strings.ReplaceAll(word(p.config), "%", `\%`))
	return err
}
