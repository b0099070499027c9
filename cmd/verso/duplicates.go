package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/etl"
	"verso/etl/config"
	"verso/etl/duplicate"
	"verso/olap/engine"
)

// duplicateFlags are the choices of one listing.
type duplicateFlags struct {
	format  string
	confirm []string
	minimum float64
	top     int
}

// duplicateReport is what `verso duplicates --format json` prints.
type duplicateReport struct {
	Run        string                `json:"run"`
	AsOf       string                `json:"as_of"`
	Candidates []duplicate.Candidate `json:"candidates"`
}

func (a *app) duplicatesCommand() *cobra.Command {
	var f duplicateFlags
	cmd := &cobra.Command{
		Use:   "duplicates",
		Short: "Customers that may be recorded twice, and merging them",
		Long: `duplicates lists pairs of customers that may be one, with a score (a probability)
and the reasons, as the last refresh found them. Nothing is ever merged by itself:
--confirm A,B writes into ` + duplicate.MergesFile + ` beside verso.yaml that B is merged into
A, with the reasons as a comment. From the next refresh on what B bought counts
for A. The file is yours: take a line out to take a merge back.`,
		Example: `  verso duplicates
  verso duplicates --min 0.9 --format json
  verso duplicates --confirm 602,603`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case f.format != "table" && f.format != "json":
				return usagef(cmd.CommandPath(), "unknown format %q: table or json", f.format)
			case !(f.minimum >= 0 && f.minimum <= 1):
				return usagef(cmd.CommandPath(), "--min must be from 0 to 1")
			case len(f.confirm) != 0 && (len(f.confirm) != 2 || f.confirm[0] == "" || f.confirm[1] == "" || f.confirm[0] == f.confirm[1]):
				return usagef(cmd.CommandPath(), "--confirm takes two customers: the one that stays, a comma, the one merged into it")
			case len(f.confirm) == 2:
				return a.confirmMerge(cmd.Context(), f.confirm[0], f.confirm[1])
			}
			return a.listDuplicates(cmd.Context(), f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "table", "table or json")
	flags.StringSliceVar(&f.confirm, "confirm", nil, "A,B: customer B is to be merged into A")
	flags.Float64Var(&f.minimum, "min", 0, "least score, 0 to 1")
	flags.IntVar(&f.top, "top", 50, "pairs listed as a table; 0 is all")
	return cmd
}

func (a *app) listDuplicates(ctx context.Context, f duplicateFlags) error {
	p, err := a.openPublished(ctx, "")
	if err != nil {
		return err
	}
	defer p.close()
	all, err := duplicate.Stored(ctx, p.snapshot.DB())
	if err != nil {
		return err
	}
	shown := []duplicate.Candidate{}
	for _, c := range all {
		if c.Score >= f.minimum {
			shown = append(shown, c)
		}
	}
	if f.format == "json" {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(duplicateReport{p.olap.Run().ID, p.olap.Run().AsOf, shown})
	}
	fmt.Fprintf(a.stdout, "run %s, as of %s\n\n", p.olap.Run().ID, p.olap.Run().AsOf)
	likely := 0
	for i, c := range shown {
		if c.Grade == duplicate.Likely {
			likely++
		}
		if f.top > 0 && i >= f.top {
			continue
		}
		fmt.Fprintf(a.stdout, "%4d  %.3f %-8s  %s %s\n%22s %s %s\n%22s %s\n", c.Cluster, c.Score, c.Grade, c.Keep, printable(c.KeepName), "=", c.Drop, printable(c.DropName), "", duplicate.Explain(c.Reasons))
	}
	if f.top > 0 && len(shown) > f.top {
		fmt.Fprintf(a.stdout, "\n%s of %s pairs are listed; --top 0 lists all\n", thousands(int64(f.top)), thousands(int64(len(shown))))
	}
	_, err = fmt.Fprintf(a.stdout, "\n%s pairs, %s of them likely; to merge one: verso duplicates --confirm STAYS,MERGED\n", thousands(int64(len(shown))), thousands(int64(likely)))
	return err
}

// printable keeps names from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}

// confirmMerge writes one merge into the user's file.
func (a *app) confirmMerge(ctx context.Context, stays, merged string) error {
	p, err := a.openPublished(ctx, "")
	if err != nil {
		return err
	}
	defer p.close()
	names := map[string]string{}
	const known = `SELECT CAST("customer_id" AS VARCHAR), "name" FROM stage.customer WHERE CAST("customer_id" AS VARCHAR) IN (?, ?)`
	err = engine.Rows(ctx, p.snapshot.DB(), engine.SQL(known, stays, merged), func(row []any) error {
		names[engine.Text(row[0])] = engine.Text(row[1])
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range []string{stays, merged} {
		if _, ok := names[id]; !ok {
			return fmt.Errorf("there is no customer %q in generation %s; verso duplicates lists pairs by customer id", id, p.olap.Run().ID)
		}
	}
	all, err := duplicate.Stored(ctx, p.snapshot.DB())
	if err != nil {
		return err
	}
	why := "not proposed by verso"
	for _, c := range all {
		if c.Keep == stays && c.Drop == merged || c.Keep == merged && c.Drop == stays {
			why = fmt.Sprintf("score %.3f: %s", c.Score, duplicate.Explain(c.Reasons))
		}
	}
	comment := fmt.Sprintf("%s: %s = %s (%s)", a.now().Format(time.DateOnly), names[merged], names[stays], why)
	path := mergesFile(p.config)
	if err := duplicate.AddMerge(path, duplicate.Merge{Customer: merged, Into: stays}, comment); err != nil {
		return asConfigError(err)
	}
	_, err = fmt.Fprintf(a.stdout, "%s: customer %s counts for %s from the next refresh on\n", path, merged, stays)
	return err
}

// mergesFile is where the user's confirmed merges stand: beside verso.yaml.
func mergesFile(cfg *config.Config) string {
	return filepath.Join(filepath.Dir(cfg.File), duplicate.MergesFile)
}

func readMerges(cfg *config.Config) ([]duplicate.Merge, error) {
	merges, err := duplicate.ReadMerges(mergesFile(cfg))
	return merges, asConfigError(err)
}

// mergesText is what confirmed merges say, for the run id; "" when there are none.
func mergesText(merges []duplicate.Merge) string {
	var b strings.Builder
	for _, m := range merges {
		fmt.Fprintf(&b, "%q into %q\n", m.Customer, m.Into)
	}
	return b.String()
}

// asConfigError sorts a merges file that cannot be used under configuration.
func asConfigError(err error) error {
	var fault *duplicate.FileError
	if errors.As(err, &fault) {
		return &configError{err}
	}
	return err
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// duplicates finds customers recorded twice.
func (j *refreshJob) duplicates(ctx context.Context, s *etl.State) error {
	n, stats, err := duplicate.Build(ctx, s.Conn, duplicate.Options{Workers: j.config.Engine.Threads})
	if err != nil {
		return err
	}
	s.Rows = int64(n)
	j.log.Debug("duplicates", "customers", stats.Customers, "compared", stats.Compared, "crowded", stats.Crowded, "candidates", n)
	return nil
}
