package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"verso/etl/peak"
	"verso/models/recommend"
)

// recommendFlags are the flags of `verso evaluate recommend`.
type recommendFlags struct {
	train, test, validation, items string
	columns                        map[string]string
	separator                      string
	k                              int
	models                         []string
	split                          string
	holdout, halfLife              float64
	seed                           uint64
	binary                         bool
	format, out                    string
}

func (a *app) evaluateRecommendCommand() *cobra.Command {
	f := recommendFlags{columns: map[string]string{}}
	named := map[string]*string{}
	cmd := &cobra.Command{
		Use:   "recommend",
		Short: "Fit and measure recommendations on interactions of your own",
		Long: `recommend reads who bought which title from CSV or Parquet files, chooses
settings and weights on validation rows alone, fits on all training rows and
ranks the whole catalogue for every user of the test: recall, NDCG, MAP, hit
rate, coverage, novelty and more, beside popularity and each single model, with
timings and memory.

Columns are found by name (user, item; copies and day where there are any), or
named by flags; ids may be text. Without --test, rows of --train are held out:
the last fifth by day, or a fifth of each user's titles by seed. Validation rows
are those of --validation, those marked in a column is_valid of the training
file, or a tenth held out likewise. A test that overlaps with the training rows
is refused. Item attributes are all other columns of --items.`,
		Example: `  verso evaluate recommend --train train.csv --test test.csv --k 20 --format json
  verso evaluate recommend --train orders.parquet --user customer_id --item isbn --day order_date --items books.csv
  verso evaluate recommend --train train.csv --test test.csv --model ridge,als`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for role, name := range named {
				f.columns[role] = *name
			}
			if err := f.check(cmd); err != nil {
				return err
			}
			return a.evaluateRecommend(cmd.Context(), f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.train, "train", "", "file of training rows (CSV, also compressed, or Parquet)")
	flags.StringVar(&f.test, "test", "", "file of test rows (default: rows of --train are held out)")
	flags.StringVar(&f.validation, "validation", "", "file of rows to choose settings on; the final fit uses them too")
	flags.StringVar(&f.items, "items", "", "file of item attributes")
	flags.StringVar(&f.separator, "separator", "|", "what parts several values in one cell of --items; empty: nothing")
	for _, c := range [][2]string{{"user", "column of users"}, {"item", "column of items"}, {"copies", "column of copies, negative for returns"}, {"day", "column of dates or times"}, {"flag", "column that marks the training rows to choose settings on"}, {"type", "column of customer types, to report by"}} {
		named[c[0]] = flags.String(c[0], "", c[1]+" (default: found by name)")
	}
	flags.IntVar(&f.k, "k", 20, "length of the lists")
	flags.StringSliceVar(&f.models, "model", []string{"auto"}, "auto, or one or more of "+strings.Join(recommend.Kinds(), ", "))
	flags.StringVar(&f.split, "split", "auto", "without --test: auto (by day where there are days), temporal or random")
	flags.Float64Var(&f.holdout, "holdout", .2, "without --test: share held out")
	flags.Float64Var(&f.halfLife, "half-life", 0, "days after which a purchase counts half (default: no decay)")
	flags.BoolVar(&f.binary, "binary", false, "count a title once however many copies were bought")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of random splits and of factorisations")
	flags.StringVar(&f.format, "format", "table", "table or json")
	flags.StringVarP(&f.out, "out", "o", "", "file to write instead of the standard output")
	return cmd
}

func (f *recommendFlags) check(cmd *cobra.Command) error {
	switch {
	case f.train == "":
		return usagef(cmd.CommandPath(), "--train is needed: a file of users and items")
	case f.format != "table" && f.format != "json":
		return usagef(cmd.CommandPath(), "unknown format %q: table or json", f.format)
	case f.k < 1 || f.k > 10000:
		return usagef(cmd.CommandPath(), "--k %d: want 1 to 10000", f.k)
	case !slices.Contains([]string{"auto", "temporal", "random"}, f.split):
		return usagef(cmd.CommandPath(), "unknown --split %q: auto, temporal or random", f.split)
	case !(f.holdout > 0 && f.holdout < 1):
		return usagef(cmd.CommandPath(), "--holdout %v: want a share between 0 and 1", f.holdout)
	case f.halfLife < 0:
		return usagef(cmd.CommandPath(), "--half-life %v: want days, 0 or more", f.halfLife)
	}
	for _, m := range f.models {
		if _, err := recommend.NewSpec(m); err != nil && m != "auto" {
			return usagef(cmd.CommandPath(), "unknown model %q: auto, %s", m, strings.Join(recommend.Kinds(), ", "))
		}
	}
	return nil
}

// recommendReport is what `verso evaluate recommend` found.
type recommendReport struct {
	Data    recommendData         `json:"data"`
	Weights recommend.BuildReport `json:"interactions"`
	Choice  *recommend.Chosen     `json:"choice,omitempty"`
	Chosen  *timing               `json:"choice_time,omitempty"`
	Models  []measuredModel       `json:"models"`
	Best    string                `json:"best"` // by the test's NDCG: for information, nothing was chosen by it
	K       int                   `json:"k"`
	Seed    uint64                `json:"seed"`
	Threads int                   `json:"threads"`
	PeakMB  float64               `json:"peak_mb"`
	Total   timing                `json:"total_time"`
}

type recommendData struct {
	Columns        map[string]string `json:"columns"`
	Train          int               `json:"train_rows"`
	Test           int               `json:"test_rows"`
	Validation     int               `json:"validation_rows"`
	Dropped        int               `json:"dropped_rows"` // without user, item or a readable number or day
	Users          int               `json:"users"`
	Items          int               `json:"items"`
	Split          string            `json:"split"`            // given, temporal or random
	ValidationRule string            `json:"validation_split"` // given, column, temporal or random
	Attributes     []string          `json:"attributes,omitempty"`
}

type timing struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu_seconds"`
}

type measuredModel struct {
	Spec         *recommend.Spec       `json:"spec,omitempty"` // nil for the blend: see choice
	Fit          timing                `json:"fit_time"`
	Serve        timing                `json:"serve_time"`
	Rate         float64               `json:"users_per_second"`
	Evaluation   *recommend.Evaluation `json:"evaluation"`
	AgainstPopul recommend.Difference  `json:"against_popularity"`
}

// clocked runs do and measures it.
func (a *app) clocked(do func() error) (timing, error) {
	from, cpu := a.now(), processorTime()
	err := do()
	return timing{Seconds: a.now().Sub(from).Seconds(), CPU: processorTime() - cpu}, err
}

func (a *app) evaluateRecommend(ctx context.Context, f recommendFlags) error {
	// Matrices of a gigabyte come and go: without this the heap grows to twice what
	// is in use.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	r := &recommendReport{K: f.k, Seed: f.seed, Threads: runtime.GOMAXPROCS(0)}
	var err error
	r.Total, err = a.clocked(func() error {
		d, err := readRecommend(ctx, f, r)
		if err != nil {
			return err
		}
		return a.measureRecommend(ctx, f, d, r)
	})
	if err != nil {
		return err
	}
	r.PeakMB = float64(peak.Memory()) / 1e6
	return a.output(f.out, f.format, func(w io.Writer) error {
		if f.format == "json" {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(r)
		}
		return r.table(w)
	})
}

// recommendParts are the numbered rows of an evaluation.
type recommendParts struct {
	train, validation, test recommend.Rows // train without validation
	users, items            *idTable
	attributes              *recommend.Attributes
	types                   []string // of users; nil without
}

// readRecommend reads the files and parts the rows.
func readRecommend(ctx context.Context, f recommendFlags, r *recommendReport) (*recommendParts, error) {
	db, err := openFiles(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	train, err := readInteractions(ctx, db, "train", f.train, f.columns)
	if err != nil {
		return nil, err
	}
	files := []*interactionFile{train}
	var test, validation *interactionFile
	for _, other := range []struct {
		flag, path string
		into       **interactionFile
	}{{"test", f.test, &test}, {"validation", f.validation, &validation}} {
		if other.path == "" {
			continue
		}
		if *other.into, err = readInteractions(ctx, db, other.flag, other.path, otherColumns(f.columns)); err != nil {
			return nil, err
		}
		files = append(files, *other.into)
	}
	var items *itemTable
	if f.items != "" {
		if items, err = readItems(ctx, db, f.items, f.columns["item"]); err != nil {
			return nil, err
		}
	}
	p := numbered(files, items, f.separator)
	p.types = train.types(p.users)
	r.Data = recommendData{Columns: train.columns, Users: len(p.users.names), Items: len(p.items.names)}
	for _, file := range files {
		r.Data.Dropped += file.dropped
	}
	if p.attributes != nil {
		r.Data.Attributes = p.attributes.Kinds
	}
	return p, p.part(f, train, validation, test, &r.Data)
}

// otherColumns are the names for the test and validation files, which need no
// copies, days or marks.
func otherColumns(given map[string]string) map[string]string {
	return map[string]string{"user": given["user"], "item": given["item"], "copies": given["copies"], "day": given["day"]}
}

func numbered(files []*interactionFile, items *itemTable, separator string) *recommendParts {
	var users, titles [][]string
	for _, file := range files {
		users, titles = append(users, file.user), append(titles, file.item)
	}
	if items != nil {
		titles = append(titles, items.ids)
	}
	p := &recommendParts{users: newIDs(users...), items: newIDs(titles...)}
	p.attributes = items.attributes(p.items, separator)
	return p
}

// part divides the rows by the files or by a rule.
func (p *recommendParts) part(f recommendFlags, train, validation, test *interactionFile, d *recommendData) error {
	days := train.day != nil
	p.train = train.rows(p.users, p.items, days)
	if f.split == "temporal" && !days && f.test == "" {
		return usagef("verso evaluate recommend", "--split temporal: %s has no column of days; name it with --day", f.train)
	}
	o := recommend.SplitOptions{Share: f.holdout, Random: f.split == "random", Seed: f.seed}
	d.Split, d.ValidationRule = "given", "given"
	var err error
	marked := p.train.Marked(train.flag)
	if test != nil {
		p.test = test.rows(p.users, p.items, false)
	} else if p.train, p.test, d.Split, err = recommend.Split(p.train, o); err != nil {
		return err
	}
	switch {
	case validation != nil:
		p.validation = validation.rows(p.users, p.items, days && validation.day != nil)
		p.train = p.train.Without(p.validation)
	case len(marked.User) > 0:
		d.ValidationRule = "column " + train.columns["flag"]
		p.validation = marked.Without(p.test)
		p.train = p.train.Without(marked)
	default:
		o.Share = .1
		o.Seed++
		if p.train, p.validation, d.ValidationRule, err = recommend.Split(p.train, o); err != nil {
			return err
		}
	}
	d.Train, d.Validation, d.Test = len(p.train.User)+len(p.validation.User), len(p.validation.User), len(p.test.User)
	return nil
}

// table is the report for people.
func (r *recommendReport) table(w io.Writer) error {
	fmt.Fprintf(w, "%d training rows, %d of them for tuning (%s), %d test rows (%s); %d users, %d items; %d users tested over the full catalogue\n",
		r.Data.Train, r.Data.Validation, r.Data.ValidationRule, r.Data.Test, r.Data.Split, r.Data.Users, r.Data.Items, r.Models[0].Evaluation.Users)
	if r.Data.Dropped > 0 {
		fmt.Fprintf(w, "%d rows were left out: no user or item, or a number or day that cannot be read\n", r.Data.Dropped)
	}
	if r.Choice != nil {
		fmt.Fprintf(w, "chosen on the tuning rows in %.1f s (%.1f s of CPU)\n", r.Chosen.Seconds, r.Chosen.CPU)
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "model\trecall@%d\t±\tNDCG@%d\t±\tMAP\thit rate\tcoverage\tnovelty\tfit s\tCPU s\tusers/s\t\n", r.K, r.K)
	for _, m := range r.Models {
		e := m.Evaluation
		fmt.Fprintf(t, "%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\t%.3f\t%.2f\t%.2f\t%.2f\t%.0f\t\n",
			e.Model, e.Recall, e.RecallSE, e.NDCG, e.NDCGSE, e.MAP, e.HitRate, e.Coverage, e.Novelty, m.Fit.Seconds, m.Fit.CPU, m.Rate)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if r.Choice != nil {
		fmt.Fprintln(w)
		for k, s := range r.Choice.Specs {
			settings, err := json.Marshal(s)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "weight %g: %s\n", r.Choice.Weights[k], settings)
		}
		for _, n := range r.Choice.Notes {
			fmt.Fprintln(w, n)
		}
	}
	fmt.Fprintf(w, "\n%.1f s in all (%.1f s of CPU, %d threads), %.0f MB at most\n", r.Total.Seconds, r.Total.CPU, r.Threads, r.PeakMB)
	return nil
}
