package evaluate

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// WriteJSON writes the result for programs.
func (out *Result) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

// WriteText writes the result for people.
func (out *Result) WriteText(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "Target %s = %s: %d of %d rows (%.1f %%)\n", out.Target.Column, out.Target.Positive, out.Target.Events, out.Rows, 100*out.Target.Rate)
	fmt.Fprintf(b, "Held out: %s\n", out.Split.How)
	fmt.Fprintf(b, "Grade: %s\n", out.Grade.Words.EN)
	fmt.Fprintf(b, "Data: %s\n\n", out.Readiness.Words.EN)
	out.writeMetrics(b)
	out.writeSettings(b)
	out.writeFeatures(b)
	if len(out.Notes) > 0 {
		fmt.Fprintln(b, "\nNotes")
		for _, n := range out.Notes {
			fmt.Fprintln(b, "  "+n)
		}
	}
	t := out.Timings
	fmt.Fprint(b, "\nSeconds by the clock and of processor time:")
	for k, v := range []Timing{t.Read, t.Examine, t.Choose, t.Fit, t.Score, t.Judge} {
		name := [...]string{"read", "examine", "choose settings", "fit", "score", "judge"}[k]
		fmt.Fprintf(b, "%s %s %.2f (%.2f)", [...]string{"", ","}[min(k, 1)], name, v.Seconds, v.CPU)
	}
	fmt.Fprintln(b)
	return b.Flush()
}

func (out *Result) writeMetrics(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "metric\tpooled\t95 % interval\tmean of folds\tbase rate alone")
	pooled, base := out.Metrics.Pooled.Figures(), out.Baseline.Pooled.Figures()
	if pooled == nil {
		fmt.Fprintf(t, "none\t%s\n", out.Metrics.Pooled.Reason.EN)
	}
	for k, f := range pooled {
		mean := "-"
		if out.Metrics.Mean != nil {
			m := out.Metrics.Mean.Figures()[k]
			mean = fmt.Sprintf("%.4f ± %.4f", m.Value, m.SE)
		}
		fmt.Fprintf(t, "%s\t%.4f\t%.4f to %.4f\t%s\t%.4f\n", f.Name, f.Value, f.Low, f.High, mean, base[k].Value)
	}
	t.Flush()
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nfold\trows\tevents\trate\tpredicted\tauc\tlog_loss\tece\tlift10")
	for _, m := range out.Metrics.Folds {
		if m.Reason.EN != "" {
			fmt.Fprintf(t, "%s\t%d\t%d\t%s\n", m.Name, m.Rows, m.Events, m.Reason.EN)
			continue
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%.3f\t%.3f\t%.4f\t%.4f\t%.4f\t%.2f\n", m.Name, m.Rows, m.Events, m.BaseRate, m.Predicted, m.AUC.Value, m.LogLoss.Value, m.ECE.Value, m.Lift.Value)
	}
	t.Flush()
	if len(out.Metrics.Segments) == 0 {
		return
	}
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nsegment\trows\tevents\trate\tpredicted\tauc\tlog_loss")
	for _, m := range out.Metrics.Segments {
		fmt.Fprintf(t, "%s\t%d\t%d\t%.3f\t%.3f\t%.4f\t%.4f\n", m.Name, m.Rows, m.Events, m.BaseRate, m.Predicted, m.AUC.Value, m.LogLoss.Value)
	}
	t.Flush()
}

func (out *Result) writeSettings(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nfold\tsettings\tcalibrated")
	for _, s := range out.Settings {
		fmt.Fprintf(t, "%s\t%s\t%v\n", s.Fold, s.Name, s.Calibrated)
	}
	t.Flush()
}

func (out *Result) writeFeatures(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nfeature\tkind\tvalues\tmissing\tauc alone\tstate")
	for _, f := range out.Features {
		state := f.State
		if !f.Used {
			state += ", left out"
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%.1f %%\t%.3f\t%s\n", f.Name, f.Kind, f.Values, 100*f.Missing, f.AUC, state)
	}
	t.Flush()
}

// WritePredictions writes the held-out rows as CSV, in the order of the file: id,
// fold, y and p.
func (out *Result) WritePredictions(w io.Writer, id string) error {
	c := csv.NewWriter(w)
	name := "id"
	if strings.TrimSpace(id) != "" {
		name = id
	}
	if err := c.Write([]string{name, "fold", "y", "p"}); err != nil {
		return err
	}
	for _, p := range out.Predictions {
		if err := c.Write([]string{p.ID, p.Fold, strconv.FormatFloat(p.Y, 'g', -1, 64), strconv.FormatFloat(p.P, 'g', -1, 64)}); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
