# a new route

aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-1 --region eu-west-1


# a route to every kind of target

aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 10.0.0.0/16 --gateway-id igw-1 --region eu-west-1
aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 10.1.0.0/16 --gateway-id vgw-1 --region eu-west-1
aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 10.2.0.0/16 --nat-gateway-id nat-1 --region eu-west-1
aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 10.3.0.0/16 --transit-gateway-id tgw-1 --region eu-west-1
aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 10.4.0.0/16 --vpc-peering-connection-id pcx-1 --region eu-west-1
aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 10.5.0.0/16 --network-interface-id eni-1 --region eu-west-1
aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 10.6.0.0/16 --vpc-endpoint-id vpce-1 --region eu-west-1
aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 10.7.0.0/16 --core-network-arn arn:aws:networkmanager::111122223333:core-network/core-network-0123456789abcdef0 --region eu-west-1


# routes for IPv6 and for a prefix list

aws ec2 create-route --route-table-id rtb-app --destination-ipv6-cidr-block ::/0 --egress-only-internet-gateway-id eigw-1 --region eu-west-1
aws ec2 create-route --route-table-id rtb-app --destination-prefix-list-id pl-1 --transit-gateway-id tgw-1 --region eu-west-1


# a route pointed elsewhere

aws ec2 replace-route --route-table-id rtb-app --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-1 --region eu-west-1


# a route removed

aws ec2 delete-route --route-table-id rtb-app --destination-cidr-block 0.0.0.0/0 --region eu-west-1
aws ec2 delete-route --route-table-id rtb-app --destination-ipv6-cidr-block ::/0 --region eu-west-1


# a subnet under a table

aws ec2 associate-route-table --route-table-id rtb-out --subnet-id subnet-app-a --region eu-west-1


# a subnet under another table

ASSOCIATION_SUBNET_APP_A=$(aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=subnet-app-a --region eu-west-1 --query 'RouteTables[].Associations[?SubnetId==`"subnet-app-a"`][].RouteTableAssociationId' --output text)
aws ec2 replace-route-table-association --association-id "$ASSOCIATION_SUBNET_APP_A" --route-table-id rtb-out --region eu-west-1


# rules of every shape

aws ec2 authorize-security-group-egress --group-id sg-app --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]' --region eu-west-1
aws ec2 authorize-security-group-egress --group-id sg-app --ip-permissions 'IpProtocol=udp,FromPort=1024,ToPort=65535,Ipv6Ranges=[{CidrIpv6=::/0}]' --region eu-west-1
aws ec2 authorize-security-group-egress --group-id sg-app --ip-permissions 'IpProtocol=tcp,FromPort=0,ToPort=65535,PrefixListIds=[{PrefixListId=pl-1}]' --region eu-west-1
aws ec2 authorize-security-group-egress --group-id sg-app --ip-permissions 'IpProtocol=-1,IpRanges=[{CidrIp=10.0.0.0/8}]' --region eu-west-1
aws ec2 authorize-security-group-ingress --group-id sg-app --ip-permissions 'IpProtocol=icmp,FromPort=-1,ToPort=-1,IpRanges=[{CidrIp=10.0.0.0/8}]' --region eu-west-1
aws ec2 authorize-security-group-egress --group-id sg-app --ip-permissions 'IpProtocol=50,IpRanges=[{CidrIp=10.0.0.0/8}]' --region eu-west-1
aws ec2 authorize-security-group-egress --group-id sg-app --ip-permissions 'IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=sg-db}]' --region eu-west-1
aws ec2 authorize-security-group-ingress --group-id sg-app --ip-permissions 'IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=sg-db}]' --region eu-west-1
aws ec2 authorize-security-group-ingress --group-id sg-app --ip-permissions 'IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=sg-far,UserId=444455556666}]' --region eu-west-1


# rules removed

aws ec2 revoke-security-group-egress --group-id sg-app --ip-permissions 'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]' --region eu-west-1
aws ec2 revoke-security-group-ingress --group-id sg-app --ip-permissions 'IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=sg-db}]' --region eu-west-1


# entries of every shape

aws ec2 create-network-acl-entry --network-acl-id acl-app --egress --rule-number 90 --rule-action deny --protocol 6 --port-range From=443,To=443 --cidr-block 0.0.0.0/0 --region eu-west-1
aws ec2 create-network-acl-entry --network-acl-id acl-app --ingress --rule-number 110 --rule-action allow --protocol 6 --port-range From=1024,To=65535 --cidr-block 0.0.0.0/0 --region eu-west-1
aws ec2 create-network-acl-entry --network-acl-id acl-app --egress --rule-number 111 --rule-action allow --protocol 17 --port-range From=0,To=65535 --cidr-block 0.0.0.0/0 --region eu-west-1
aws ec2 create-network-acl-entry --network-acl-id acl-app --egress --rule-number 112 --rule-action allow --protocol -1 --ipv6-cidr-block ::/0 --region eu-west-1
aws ec2 create-network-acl-entry --network-acl-id acl-app --egress --rule-number 113 --rule-action allow --protocol 1 --icmp-type-code Type=-1,Code=-1 --cidr-block 0.0.0.0/0 --region eu-west-1
aws ec2 create-network-acl-entry --network-acl-id acl-app --egress --rule-number 114 --rule-action allow --protocol 58 --icmp-type-code Type=-1,Code=-1 --ipv6-cidr-block ::/0 --region eu-west-1
aws ec2 create-network-acl-entry --network-acl-id acl-app --egress --rule-number 115 --rule-action allow --protocol 50 --cidr-block 0.0.0.0/0 --region eu-west-1


# entries removed

aws ec2 delete-network-acl-entry --network-acl-id acl-app --ingress --rule-number 90 --region eu-west-1
aws ec2 delete-network-acl-entry --network-acl-id acl-app --egress --rule-number 100 --region eu-west-1


# a gateway attached

aws ec2 attach-internet-gateway --internet-gateway-id igw-1 --vpc-id vpc-main --region eu-west-1


# a new NAT gateway

ADDRESS_OF_NAT_NEW=$(aws ec2 allocate-address --domain vpc --region eu-west-1 --query AllocationId --output text)
NAT_NEW=$(aws ec2 create-nat-gateway --subnet-id subnet-public-a --allocation-id "$ADDRESS_OF_NAT_NEW" --region eu-west-1 --query NatGateway.NatGatewayId --output text)
aws ec2 wait nat-gateway-available --nat-gateway-ids "$NAT_NEW" --region eu-west-1
aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 0.0.0.0/0 --nat-gateway-id "$NAT_NEW" --region eu-west-1
aws ec2 replace-route --route-table-id rtb-out --destination-cidr-block 0.0.0.0/0 --nat-gateway-id "$NAT_NEW" --region eu-west-1


# a VPC without any gateway

IGW_NEW=$(aws ec2 create-internet-gateway --region eu-west-1 --query InternetGateway.InternetGatewayId --output text)
aws ec2 attach-internet-gateway --internet-gateway-id "$IGW_NEW" --vpc-id vpc-main --region eu-west-1
NAT_NEW=$(aws ec2 create-nat-gateway --availability-mode regional --vpc-id vpc-main --region eu-west-1 --query NatGateway.NatGatewayId --output text)
aws ec2 wait nat-gateway-available --nat-gateway-ids "$NAT_NEW" --region eu-west-1
aws ec2 create-route --route-table-id rtb-app --destination-cidr-block 0.0.0.0/0 --nat-gateway-id "$NAT_NEW" --region eu-west-1


# an egress-only gateway

EIGW_NEW=$(aws ec2 create-egress-only-internet-gateway --vpc-id vpc-main --region eu-west-1 --query EgressOnlyInternetGateway.EgressOnlyInternetGatewayId --output text)
aws ec2 create-route --route-table-id rtb-app --destination-ipv6-cidr-block ::/0 --egress-only-internet-gateway-id "$EIGW_NEW" --region eu-west-1


# a gateway endpoint

aws ec2 create-vpc-endpoint --vpc-endpoint-type Gateway --vpc-id vpc-main --service-name com.amazonaws.eu-west-1.s3 --route-table-ids rtb-app rtb-out --region eu-west-1


# more tables of a gateway endpoint

aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-s3 --add-route-table-ids rtb-app rtb-out --region eu-west-1


# an interface endpoint

SG_NEW=$(aws ec2 create-security-group --group-name sqs-endpoint --description sqs-endpoint --vpc-id vpc-main --region eu-west-1 --query GroupId --output text)
aws ec2 authorize-security-group-ingress --group-id "$SG_NEW" --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{GroupId=sg-app}]' --region eu-west-1
aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id vpc-main --service-name com.amazonaws.eu-west-1.sqs --subnet-ids subnet-app-a subnet-app-b --security-group-ids "$SG_NEW" --private-dns-enabled --region eu-west-1
aws ec2 authorize-security-group-egress --group-id sg-app --ip-permissions "IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{GroupId=$SG_NEW}]" --region eu-west-1


# an interface endpoint for S3

aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id vpc-main --service-name com.amazonaws.eu-west-1.s3 --subnet-ids subnet-app-a --security-group-ids sg-app --private-dns-enabled --dns-options PrivateDnsOnlyForInboundResolverEndpoint=false --region eu-west-1


# a policy widened

aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-s3 --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:username}/it'"'"'s/*"}, {"Effect": "Allow", "Principal": "*", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::photos", "arn:aws:s3:::photos/*"]}, {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::layers/*"]}]}' --region eu-west-1


# DNS switched on

aws ec2 modify-vpc-attribute --vpc-id vpc-main --enable-dns-support '{"Value": true}' --region eu-west-1
aws ec2 modify-vpc-attribute --vpc-id vpc-main --enable-dns-hostnames '{"Value": true}' --region eu-west-1


# a function moved

aws lambda update-function-configuration --function-name orders --vpc-config SubnetIds=subnet-app-a,subnet-app-b,SecurityGroupIds=sg-app,sg-db --region eu-west-1
aws lambda wait function-updated-v2 --function-name orders --region eu-west-1


# a function moved, with IPv6

aws lambda update-function-configuration --function-name orders --vpc-config SubnetIds=subnet-app-b,SecurityGroupIds=sg-app,Ipv6AllowedForDualStack=true --region eu-west-1
aws lambda wait function-updated-v2 --function-name orders --region eu-west-1


# a route in a hub

aws ec2 create-transit-gateway-route --transit-gateway-route-table-id tgw-rtb-hub --destination-cidr-block 10.1.0.0/16 --transit-gateway-attachment-id tgw-attach-data --region eu-west-1


# a route in a hub pointed elsewhere

aws ec2 replace-transit-gateway-route --transit-gateway-route-table-id tgw-rtb-hub --destination-cidr-block 10.1.0.0/16 --transit-gateway-attachment-id tgw-attach-data --region eu-west-1


# guards

aws ec2 create-vpc-block-public-access-exclusion --vpc-id vpc-main --internet-gateway-exclusion-mode allow-egress --region eu-west-1
aws ec2 modify-vpc-encryption-control --vpc-encryption-control-id vpcec-main --nat-gateway-exclusion enable --internet-gateway-exclusion enable --region eu-west-1
