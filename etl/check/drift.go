package check

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"verso/etl/config"
	"verso/olap/engine"
)

// profile is what a drift rule keeps of a run: how many rows fell where, and,
// for numbers, the upper edges of the bins.
type profile struct {
	Edges []float64        `json:"edges,omitempty"`
	Bins  map[string]int64 `json:"bins"`
}

// mostValues is how many values of a text column are bins of their own; the
// rest is one bin.
const mostValues = 50

// The bins of what is missing and of what is rare.
const (
	nullBin  = "(null)"
	otherBin = "(other)"
)

func readProfile(text string) (p profile, ok bool) {
	return p, json.Unmarshal([]byte(text), &p) == nil && len(p.Bins) > 0
}

// none makes a rule that has nothing to be measured against yet.
func (d *Definition) none() {
	d.Tested, d.Count, d.Offenders = "SELECT 0", "SELECT 0", "SELECT 1 AS \"value\" WHERE false"
}

// rowDrift compares the number of rows with the median of the last runs.
func rowDrift(d *Definition, r *config.Rule, past []PastResult) {
	rows := ruleRows(r.Table, r.Where)
	d.Profile = "SELECT 'rows' AS bin, count(*) AS n" + rows
	runs := r.Runs
	if runs == 0 {
		runs = 7
	}
	var counts []int64
	for _, p := range past[max(0, len(past)-runs):] {
		if before, ok := readProfile(p.Profile); ok {
			counts = append(counts, before.Bins["rows"])
		}
	}
	if len(counts) == 0 {
		d.none()
		return
	}
	slices.Sort(counts)
	expected := counts[len(counts)/2]
	d.Tested = fmt.Sprintf("SELECT CAST(%d AS BIGINT)", expected)
	d.Count = fmt.Sprintf("SELECT abs(count(*) - CAST(%d AS BIGINT))", expected) + rows
	d.Offenders = fmt.Sprintf(`SELECT CAST(%d AS BIGINT) AS "expected", count(*) AS "value"`, expected) + rows + fmt.Sprintf(" HAVING count(*) <> %d", expected)
}

// distribution compares how rows are spread over bins with the last run: the
// share of rows that would have to change their bin, which is half the sum of
// the differences; each bin's part of the population stability index stands
// beside it.
func distribution(d *Definition, r *config.Rule, past []PastResult) {
	var before profile
	known := false
	if len(past) > 0 {
		before, known = readProfile(past[len(past)-1].Profile)
	}
	c := column(r.Columns[0])
	if r.Bins > 0 {
		d.Edges, d.EdgesSQL = before.Edges, ""
		if !known || len(before.Edges) == 0 {
			known = false
			parts := make([]string, 0, r.Bins-1)
			for i := 1; i < r.Bins; i++ {
				parts = append(parts, fmt.Sprintf("quantile_disc(CAST(%s AS DOUBLE), %s)", c, strconv.FormatFloat(float64(i)/float64(r.Bins), 'f', -1, 64)))
			}
			d.EdgesSQL = "SELECT " + strings.Join(parts, ", ") + ruleRows(r.Table, r.Where)
		}
		d.Bin = func(edges []float64) string { return numberBin(c, edges) }
	}
	bin := textBin(c, before)
	if d.Bin != nil {
		bin = d.Bin(d.Edges)
	}
	rows := ruleRows(r.Table, r.Where)
	d.ProfileOf = func(bin string) string {
		return fmt.Sprintf("SELECT %s AS bin, count(*) AS n%s GROUP BY %[1]s ORDER BY n DESC, bin", bin, rows)
	}
	d.Profile = d.ProfileOf("coalesce(CAST(" + c + " AS VARCHAR), " + engine.QuoteText(nullBin) + ")")
	if !known {
		d.none()
		return
	}
	var values []string
	for _, b := range slices.Sorted(maps.Keys(before.Bins)) {
		values = append(values, fmt.Sprintf("(%s, CAST(%d AS BIGINT))", engine.QuoteText(b), before.Bins[b]))
	}
	shares := `SELECT coalesce(b.bin, n.bin) AS "bin", CAST(coalesce(b.n, 0) AS DOUBLE) / (SELECT greatest(sum(e.n), 1) FROM before AS e) AS "was",
  CAST(coalesce(n.n, 0) AS DOUBLE) / (SELECT greatest(sum(e.n), 1) FROM now AS e) AS "is"
FROM before AS b FULL JOIN now AS n ON n.bin = b.bin`
	with := fmt.Sprintf("WITH before AS (SELECT t.bin, t.n FROM (VALUES %s) AS t (bin, n)),\nnow AS (SELECT %s AS bin, count(*) AS n%s GROUP BY %[2]s),\nspread AS (\n%[4]s\n)\n", strings.Join(values, ", "), bin, rows, shares)
	d.Tested = "SELECT count(*)" + rows
	d.Count = with + `SELECT CAST(round(coalesce(sum(abs(s."is" - s."was")), 0) / 2 * (SELECT coalesce(sum(e.n), 0) FROM now AS e)) AS BIGINT) FROM spread AS s`
	d.Offenders = with + `SELECT s."bin", round(s."was", 4) AS "share_before", round(s."is", 4) AS "share_now",
  round((s."is" - s."was") * ln(greatest(s."is", 0.0001) / greatest(s."was", 0.0001)), 4) AS "psi"
FROM spread AS s WHERE s."is" <> s."was"`
}

func numberBin(c string, edges []float64) string {
	var b strings.Builder
	b.WriteString("CASE WHEN " + c + " IS NULL THEN " + engine.QuoteText(nullBin))
	for i, e := range edges {
		fmt.Fprintf(&b, " WHEN CAST(%s AS DOUBLE) <= CAST(%s AS DOUBLE) THEN '%02d'", c, engine.QuoteText(strconv.FormatFloat(e, 'g', -1, 64)), i+1)
	}
	fmt.Fprintf(&b, " ELSE '%02d' END", len(edges)+1)
	return b.String()
}

// textBin is a value where the last run knew it as a bin of its own.
func textBin(c string, before profile) string {
	var known []string
	for _, b := range slices.Sorted(maps.Keys(before.Bins)) {
		known = append(known, engine.QuoteText(b))
	}
	value := "coalesce(CAST(" + c + " AS VARCHAR), " + engine.QuoteText(nullBin) + ")"
	if len(known) == 0 {
		return value
	}
	return "CASE WHEN " + value + " IN (" + strings.Join(known, ", ") + ") THEN " + value + " ELSE " + engine.QuoteText(otherBin) + " END"
}

// takeProfile measures what the next run will be compared with.
func takeProfile(ctx context.Context, db engine.Querier, d Definition) (string, error) {
	p := profile{Edges: d.Edges, Bins: map[string]int64{}}
	sql := d.Profile
	if d.EdgesSQL != "" {
		row, err := engine.One(ctx, db, engine.SQL(d.EdgesSQL))
		if err != nil {
			return "", err
		}
		for _, v := range row {
			if f, ok := engine.Float(v); ok && v != nil {
				p.Edges = append(p.Edges, f)
			}
		}
		p.Edges = slices.Compact(p.Edges)
	}
	if d.Bin != nil {
		sql = d.ProfileOf(d.Bin(p.Edges))
	}
	err := engine.Rows(ctx, db, engine.SQL(sql), func(row []any) error {
		bin := strings.Clone(engine.Text(row[0]))
		if len(p.Bins) >= mostValues {
			bin = otherBin
		}
		n, _ := engine.Int(row[1])
		p.Bins[bin] += n
		return nil
	})
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(p)
	return string(text), err
}
