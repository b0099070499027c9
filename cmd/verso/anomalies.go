package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"verso/olap/anomaly"
	"verso/olap/cube"
)

func (a *app) anomaliesCommand() *cobra.Command {
	var q anomaly.Question
	var where, period, format, out, lang string
	cmd := &cobra.Command{
		Use:   "anomalies CUBE MEASURE",
		Short: "Periods in which a measure departs from its trend and season",
		Long: `anomalies fits trend and season of a measure's history robustly, and lists the
periods that they do not explain. --alpha is the rate of false alarms: of ordinary
values, that share is listed; the notes say how many that makes. Periods that the
as-of date cuts are left out.`,
		Example: `  verso anomalies sales net --last 3
  verso anomalies sales orders --by week --split customer.type --last 8
  verso anomalies returns return_value --split publisher.name --alpha 0.005`,
		Args: usageArgs(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(cmd, format); err != nil {
				return err
			}
			switch {
			case q.Alpha <= 0 || q.Alpha >= 0.5:
				return usagef("verso anomalies", "--alpha %v is no rate of false alarms; want one above 0 and below 0.5, such as 0.01", q.Alpha)
			case q.Members <= 0:
				return usagef("verso anomalies", "--members %d: want 1 or more", q.Members)
			case q.Last < 0:
				return usagef("verso anomalies", "--last %d: want a number of periods; 0 lists all", q.Last)
			}
			p, err := a.openPublished(cmd.Context(), lang)
			if err != nil {
				return err
			}
			defer p.close()
			q.Cube, q.Measure = args[0], args[1]
			if where != "" {
				if q.Where, err = cube.ParseWhere(where); err != nil {
					return usagef("verso anomalies", "--where: %v", err)
				}
			}
			today, err := time.Parse(time.DateOnly, p.olap.Run().AsOf)
			if err != nil {
				return fmt.Errorf("the generation's as-of date: %w", err)
			}
			if q.Time, err = cube.ParseTime(period, today); err != nil {
				return usagef("verso anomalies", "--time: %v", err)
			}
			answer, err := anomaly.Scan(cmd.Context(), p.olap, q)
			if err != nil {
				return err
			}
			return a.writeTable(answer.Table(p.olap.Lang()), format, out, p.olap.Lang())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&q.By, "by", "month", "month, quarter, week or day")
	flags.StringVar(&q.Split, "split", "", "attribute: judge each of its largest members as well")
	flags.IntVar(&q.Members, "members", 20, "members judged with --split")
	flags.IntVar(&q.Last, "last", 0, "list only the last N periods (default: all)")
	flags.Float64Var(&q.Alpha, "alpha", 0.01, "rate of false alarms")
	flags.StringVar(&where, "where", "", "filters")
	flags.StringVar(&period, "time", "all", "history: all, or a range such as 2020..2025")
	flags.StringVar(&lang, "lang", "", "language: en or zh (default: the configuration's)")
	registerOutput(cmd, &format, &out)
	return cmd
}
