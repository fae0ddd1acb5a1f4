"""Records as the rows of CSV and XLSX files, which Finmo's staff read in and take out."""
