package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"verso/reports/pages/account"
	"verso/reports/site"
	"verso/reports/text"
	"verso/reports/view"
)

func (a *app) customerCommand() *cobra.Command {
	var format, out, lang, pdf string
	cmd := &cobra.Command{
		Use:   "customer ID",
		Short: "Show everything about one customer",
		Long: `customer shows one customer of the published generation: who it is, what it is
worth in the seven P's, its orders and open lines with the days they are expected,
what it buys, how it was served, what it owes, and how it moved between tiers. The
customer is named by its number, or by a part of its name that no other has. The
report site has the same as a page for every key customer. With --pdf it is printed
for a visit, by an installed chromium.`,
		Example: `  verso customer 25
  verso customer "Tsinghua" --lang zh
  verso customer 25 --format json --out customer.json
  verso customer 25 --pdf visit.pdf`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "table" && format != "json" {
				return usagef(cmd.CommandPath(), "unknown format %q: table or json", format)
			}
			p, err := a.openPublished(cmd.Context(), lang)
			if err != nil {
				return err
			}
			defer p.close()
			c, err := p.page(cmd.Context())
			if err != nil {
				return err
			}
			v, err := account.One(cmd.Context(), c, args[0])
			var missing *account.NotFoundError
			if errors.As(err, &missing) {
				return usagef(cmd.CommandPath(), "%v", missing)
			}
			if err != nil {
				return err
			}
			if pdf != "" {
				return a.printPDF(cmd.Context(), pdf, func(dir string) (string, error) { return site.WriteVisit(dir, c, v) })
			}
			return a.output(out, format, func(w io.Writer) error {
				if format == "json" {
					return view.WriteJSON(w, v)
				}
				return text.Write(w, v)
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write instead of the standard output")
	cmd.Flags().StringVar(&pdf, "pdf", "", "file to print it to as PDF")
	cmd.Flags().StringVar(&lang, "lang", "", "language of the words: en or zh (default: the company's)")
	return cmd
}
