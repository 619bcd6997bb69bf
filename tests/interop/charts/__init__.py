"""What `chart.py` holds the chart against, a file an idea."""
