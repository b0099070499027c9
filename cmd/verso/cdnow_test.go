package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// cdnowLines writes the sample of CDNOW's customers (2,357 of them) as a file of
// sales lines.
func cdnowLines(t *testing.T, path string) {
	t.Helper()
	raw, err := os.Open(sharedData(t, "cdnow/CDNOW_sample.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	var b strings.Builder
	b.WriteString("customer_id,date,number_of_cds,dollar_value\n")
	s := bufio.NewScanner(raw)
	for s.Scan() {
		f := strings.Fields(s.Text()) // number in the master, in the sample, day, copies, amount
		if len(f) != 5 {
			t.Fatalf("%q", s.Text())
		}
		fmt.Fprintf(&b, "%s,%s-%s-%s,%s,%s\n", f[1], f[2][:4], f[2][4:6], f[2][6:], f[3], f[4])
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestCDNOW takes the sample through the whole pipeline, as of the end of the
// published calibration period. The parameters are those of Fader, Hardie and Lee
// (Marketing Science 24(2), 2005, table 2) to the digits that the test files of
// CLVTools add; the MBG/NBD ones are those of the tests of lifetimes.
func TestCDNOW(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "cdnow.csv")
	cdnowLines(t, file)
	verso(t, exitDone, "init", "flat-orders", "--file", file, "--dir", dir)
	config := filepath.Join(dir, "verso.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	asOf := strings.Replace(string(text), "as_of: latest", "as_of: 1997-09-30", 1)
	if err := os.WriteFile(config, []byte(asOf), 0o600); err != nil {
		t.Fatal(err)
	}
	verso(t, exitDone, "refresh", "-c", config, "--skip", "site")
	db := generation(t, dir)
	for name, want := range map[string][2]float64{ // value, tolerance
		"mbg_nbd.r": {.525, .0005}, "mbg_nbd.alpha": {6.183, .0005}, "mbg_nbd.a": {.891, .0005}, "mbg_nbd.b": {1.614, .0005},
		"bg_nbd.r": {.2425945, 1e-5}, "bg_nbd.alpha": {4.4136019, 1e-5}, "bg_nbd.a": {.7929199, 1e-5}, "bg_nbd.b": {2.4258881, 1e-4},
		"pareto_nbd.r": {.553, .0005}, "pareto_nbd.alpha": {10.578, .0005}, "pareto_nbd.s": {.606, .0005}, "pareto_nbd.beta": {11.669, .0005},
		"gamma_gamma.p": {6.25, .005}, "gamma_gamma.q": {3.74, .005}, "gamma_gamma.gamma": {15.44, .005},
	} {
		got, err := strconv.ParseFloat(figure(t, db, "SELECT value FROM card.parameter WHERE model = 'clv' AND name = '"+name+"'"), 64)
		if err != nil || got < want[0]-want[1] || got > want[0]+want[1] {
			t.Errorf("%s: %v, want %v ± %v (%v)", name, got, want[0], want[1], err)
		}
	}
	checkKnown(t, db, []known{
		{"customers", "SELECT count(*) FROM score.clv", "2357"},
		{"one-time buyers", "SELECT count(*) FROM score.clv WHERE repeats = 0", "1411"},
		{"repeat purchases", "SELECT sum(repeats) FROM score.clv", "2457"},
		{"log-likelihood of BG/NBD", "SELECT CAST(value AS DECIMAL(9,3)) FROM card.metric WHERE name = 'bg_nbd.log_likelihood'", "-9582.429"},
		{"log-likelihood of Pareto/NBD", "SELECT CAST(value AS DECIMAL(9,3)) FROM card.metric WHERE name = 'pareto_nbd.log_likelihood'", "-9594.976"},
		{"log-likelihood of Gamma-Gamma", "SELECT CAST(value AS DECIMAL(9,3)) FROM card.metric WHERE name = 'gamma_gamma.log_likelihood'", "-4055.918"},
		{"clock", "SELECT value FROM card.parameter WHERE name = 'clock'", "calendar time: fewer than 24 whole months are known"},
		{"no cost, no value", "SELECT count(clv) FROM score.clv", "0"},
	})
}
