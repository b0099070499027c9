// Package demo writes a whole invented book importer as files: the company the
// rest of verso is shown and tested with. It is deterministic by version, seed
// and options, on any number of cores, and it streams: memory hardly grows with
// the number of customers (0.2 GB at scale 1 as at scale 10).
//
// # The company
//
// About 10,060 customers are on the books on any day at scale 1: libraries,
// universities, institutes, government offices, enterprises, agents and
// readers. Some 600 a year leave and as many come, so that the customer table
// also holds those long gone. They order about 72,000 lines a year, gamma-Poisson
// by type, plus textbook lots. Two in five customers order nothing in a given
// year. Titles have Zipf-Mandelbrot popularity that decays with age; customers
// have tastes over classes; goods flow from the order through supplier,
// transport, customs, inspection and store to delivery, invoice and payment.
//
// # What is left out
//
// To keep the files small (190 MB at scale 1), only a share of the titles a real
// importer lists is made, 70,000 over six years; stage events are written for
// the orders of the last year, invoices and payments for deliveries of the last
// three years and the current one, ticket events for two years, e-mails for three
// years, visits from the year before last. Purchase lines carry due and received
// dates for the whole history. Invoiced and paid are not stage events: they are
// in the invoices and payments.
//
// # What is planted
//
// Unless Placebo is set, the files behave as these truths say; truth_*.csv in
// the folder truth holds them, and the pipeline never reads that folder.
//
//   - churn by a monthly hazard of 6-15 % a year by type, with cause and mode
//     (sudden, slow fade, loss of one class, sleep without death); two late
//     deliveries or an unresolved complaint double the hazard;
//   - 15 % of customers react to price with elasticity -2.2, others with -0.4,
//     which shows in quotes; latent segments that order in different ways;
//   - campaign A (e-mail, random control, 4 % to 6 %), B (mailing to the best
//     customers, no lift), C (fairs, +35 % of attendees' orders for six weeks),
//     D (third mail in a month, 30 % less response);
//   - suppliers S1 (18 days slower), S2 (12 % short), S3 (8 % damaged), S4
//     (seems slow, sells forthcoming titles);
//   - customs reviews in two months, inspection four days slower for a quarter,
//     EUR 7 % dearer for a quarter of fixed prices;
//   - two agents whose returns rise to a quarter of what they buy, salesperson X
//     with great revenue and no margin, salesperson Y who left;
//   - large customers that fell silent, halved or complained; libraries that buy
//     most elsewhere; duplicate records; a falling margin although every class
//     earns more.
//
// # Shape
//
// Customers are made in shards with id ranges and random streams of their own:
// dice and calendar are the tools, sheet the files, market the world without
// customers, life the customers' histories. A slot is a place on the books;
// when its customer leaves another one takes it. From the mix effect's first day
// some lines leave a customer's taste for a low-margin class.
//
// # Calendar and rates
//
// Holidays and swap workdays of China are entered as best known for 2019 to
// 2026 and assumed for 2027; exchange rates are random walks. Names of
// institutions, people, publishers and books are combined from word lists.
package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"verso/etl/demo/life"
	"verso/etl/demo/market"
)

// Version is bumped when the same options give other bytes.
const Version = 2

// Options say what to write: folder, scale, seed, as-of date, years, format,
// dirty data, placebo, workers. All but Dir have defaults.
type Options = market.Options

// Summary is what was written.
type Summary struct {
	Rows      map[string]int64 // file name without extension → rows
	Bytes     map[string]int64 // file name without extension → bytes
	Customers int64            // on the books at AsOf
	Net       int64            // net value of all copies not cancelled, CNY in ten-thousandths
}

// Generate writes the company's files below o.Dir: data/<table>.csv (or
// .parquet) and truth/truth_*.csv. Files of the same names are replaced. On
// error or cancellation the folder holds incomplete files.
func Generate(ctx context.Context, o Options) (Summary, error) {
	o, err := o.WithDefaults()
	if err != nil {
		return Summary{}, err
	}
	for _, dir := range []string{"data", "truth"} {
		if err := os.MkdirAll(filepath.Join(o.Dir, dir), 0o755); err != nil {
			return Summary{}, fmt.Errorf("demo: %w", err)
		}
	}
	w := market.NewWorld(o)
	out, err := openOutput(w)
	if err != nil {
		return Summary{}, err
	}
	defer out.close()
	for _, phase := range phases(w) {
		if err := out.run(ctx, phase); err != nil {
			return Summary{}, err
		}
	}
	if err := out.close(); err != nil {
		return Summary{}, err
	}
	if o.Dirty {
		if err := w.WriteAgain(); err != nil {
			return Summary{}, err
		}
	}
	return out.summary, nil
}

// phases are the parts of the work: the parts of one phase run side by side,
// the later phase needs the counters of the earlier one.
func phases(w *market.World) [][]part {
	return [][]part{mainParts(w), closingParts(w)}
}

// mainParts are the master data in pieces and every shard of customers.
func mainParts(w *market.World) []part {
	parts := []part{w.WriteReference, w.WriteSuppliers, w.WriteStaff, w.WriteCampaigns}
	for from := 0; from < len(w.Titles); from += market.TitlePiece {
		parts = append(parts, func(s *market.Shard) error {
			return w.WriteTitles(s, from, min(from+market.TitlePiece, len(w.Titles)))
		})
	}
	for from := 0; from < w.Leads(); from += market.LeadPiece {
		parts = append(parts, func(s *market.Shard) error {
			return w.WriteLeads(s, from, min(from+market.LeadPiece, w.Leads()))
		})
	}
	for i := range w.Shards {
		parts = append(parts, func(s *market.Shard) error { return life.Write(s, i) })
	}
	return parts
}

// closingParts need what the shards counted.
func closingParts(w *market.World) []part {
	return []part{w.WritePurchasing, w.WriteStock, w.WritePlans, w.WriteTruth, w.WriteDirt}
}
