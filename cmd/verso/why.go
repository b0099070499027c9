package main

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"verso/olap"
	"verso/olap/change"
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
	q, err := change.Slices{After: f.after, Before: f.before, Where: f.where, WhereAfter: f.whereAfter, WhereBefore: f.whereBefore}.Question(asOf)
	var wrong *change.SliceError
	if errors.As(err, &wrong) {
		return q, usagef("verso why", "--%s: %v", strings.ReplaceAll(wrong.Part, "_", "-"), wrong.Cause)
	}
	q.Cube, q.Measure, q.By, q.Members = cubeName, measure, f.by, f.members
	return q, err
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
	if note := change.Unfinished(q, o.Run().AsOf, o.Lang()); note != "" {
		table.Notes = append(table.Notes, note)
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
