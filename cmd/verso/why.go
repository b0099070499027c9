package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/olap"
	"verso/olap/change"
	"verso/olap/cube"
)

// whyFlags are the two slices that verso why compares, and how to show it.
type whyFlags struct {
	before, after           string
	whereBefore, whereAfter string
	where                   string
	by                      []string
	members                 int
	bridge                  bool
	format, out, lang       string
}

func (a *app) whyCommand() *cobra.Command {
	var f whyFlags
	cmd := &cobra.Command{
		Use:   "why CUBE MEASURE",
		Short: "Why a measure changed between two periods or slices",
		Long: `why compares a measure in two periods (or two filters) and says which members of
which attributes contribute most, and for money the bridge of price, volume, mix,
currency and cost. Contributions add up to the change; what does not is shown as
a residual.

Without --after and --before it compares the year to date with the same days of
the year before. A period that runs past the as-of date is compared up to it; a
--before that is named stands as it is.`,
		Example: `  verso why sales net --before 2024 --after 2025
  verso why sales margin_pct --after 2025-Q3 --before 2024-Q3 --by class.l1,customer.type
  verso why sales net --after 2025 --where-before "channel.kind = direct" --where-after "channel.kind = web"`,
		Args: usageArgs(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(cmd, f.format); err != nil {
				return err
			}
			if f.members <= 0 {
				return usagef("verso why", "--members %d: want 1 or more", f.members)
			}
			p, err := a.openPublished(cmd.Context(), f.lang)
			if err != nil {
				return err
			}
			defer p.close()
			q, err := f.question(args[0], args[1], p.olap.Run().AsOf)
			if err != nil {
				return err
			}
			return a.why(cmd.Context(), p.olap, q, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.after, "after", "", "the period to explain (default: the year to date)")
	flags.StringVar(&f.before, "before", "", "the period to compare with (default: the same days a year before)")
	flags.StringVar(&f.where, "where", "", "filters of both sides")
	flags.StringVar(&f.whereAfter, "where-after", "", "filters of the side to explain")
	flags.StringVar(&f.whereBefore, "where-before", "", "filters of the side to compare with")
	flags.StringSliceVar(&f.by, "by", nil, "attributes to look at (default: all but dates)")
	flags.IntVar(&f.members, "members", 5, "members named for each attribute")
	flags.BoolVar(&f.bridge, "bridge", false, "print the bridge of price, volume, mix, currency and cost instead of the contributions")
	flags.StringVar(&f.lang, "lang", "", "language: en or zh (default: the configuration's)")
	registerOutput(cmd, &f.format, &f.out)
	return cmd
}

func (f *whyFlags) question(cubeName, measure, asOf string) (change.Question, error) {
	q := change.Question{Cube: cubeName, Measure: measure, By: f.by, Members: f.members}
	today, err := time.Parse(time.DateOnly, asOf)
	if err != nil {
		return q, fmt.Errorf("the generation's as-of date: %w", err)
	}
	after := cmp.Or(f.after, "ytd")
	before := f.before
	q.After.Label, q.Before.Label = after, before
	if q.After.Time, err = cube.ParseTime(after, today); err != nil {
		return q, usagef("verso why", "--after: %v", err)
	}
	if t := q.After.Time; before == "" && t != nil && t.From <= asOf && t.To > asOf {
		t.To = asOf // the days to come have no sales; those of the year before do
	}
	switch {
	case before != "":
		if q.Before.Time, err = cube.ParseTime(before, today); err != nil {
			return q, usagef("verso why", "--before: %v", err)
		}
	case f.whereBefore != "" || f.whereAfter != "":
		q.Before.Time = q.After.Time
		q.Before.Label, q.After.Label = f.whereBefore, f.whereAfter
	default:
		q.Before.Time = yearBefore(q.After.Time)
		q.Before.Label, q.After.Label = "", ""
	}
	for _, w := range []struct {
		flag, text string
		into       *[]cube.Filter
	}{{"--where", f.where, &q.Where}, {"--where-after", f.whereAfter, &q.After.Where}, {"--where-before", f.whereBefore, &q.Before.Where}} {
		if w.text == "" {
			continue
		}
		if *w.into, err = cube.ParseWhere(w.text); err != nil {
			return q, usagef("verso why", "%s: %v", w.flag, err)
		}
	}
	return q, nil
}

// yearBefore is the same days of the year before; nil for all time.
func yearBefore(t *cube.Time) *cube.Time {
	if t == nil {
		return nil
	}
	back := func(text string) string {
		d, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return text
		}
		first := time.Date(d.Year()-1, d.Month(), 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, min(d.Day(), first.AddDate(0, 1, -1).Day())-1).Format(time.DateOnly)
	}
	return &cube.Time{Field: t.Field, From: back(t.From), To: back(t.To)}
}

func (a *app) why(ctx context.Context, o *olap.Olap, q change.Question, f whyFlags) error {
	answer, err := change.Explain(ctx, o, q)
	if err != nil {
		return err
	}
	table := answer.Table(o.Lang())
	if f.bridge {
		if table = answer.BridgeTable(o.Lang()); table == nil {
			return usagef("verso why", "cube %s declares no bridge for %s; bridges: %s", q.Cube, q.Measure, bridged(o, q.Cube))
		}
	}
	if t := q.After.Time; t != nil && t.To > o.Run().AsOf {
		note := "%s runs past the as-of date %s: it is not over, and compared with what is."
		if o.Lang() == "zh" {
			note = "%s 晚于截止日 %s：该期间尚未结束，却与完整期间相比。"
		}
		table.Notes = append(table.Notes, fmt.Sprintf(note, cmp.Or(q.After.Label, t.From+".."+t.To), o.Run().AsOf))
	}
	return a.writeTable(table, f.format, f.out, o.Lang())
}

func bridged(o *olap.Olap, cubeName string) string {
	var names []string
	for _, c := range o.Cubes() {
		for _, b := range c.Bridges {
			if c.Name == cubeName {
				names = append(names, b.Measure)
			}
		}
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}
